using BenchmarkDotNet.Attributes;

namespace Spiffe.Benchmarks.Identity;

/// <summary>Goal: a 60-byte ID in at most 100 ns, and no allocation but the value itself.</summary>
public class SpiffeIdBenchmarks
{
    private const string Text = "spiffe://prod.example.org/region/eu-west-1/service/orders-v2";

    /// <summary>What an allocation of the value's size costs; without it "nothing but the value" cannot be read off.</summary>
    [Benchmark(Baseline = true)]
    public SpiffeId Value() => new(Text, trustDomainLength: 16);

    [Benchmark]
    public SpiffeId Parse() => SpiffeId.Parse(Text);

    [Benchmark]
    public bool TryParse() => SpiffeId.TryParse(Text, out _);
}
