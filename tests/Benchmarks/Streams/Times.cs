namespace Spiffe.Benchmarks.Streams;

/// <summary>Times of one thing done many times.</summary>
public sealed class Times
{
    private readonly List<double> _milliseconds = [];

    public double Median => At(0.5);

    public void Add(TimeSpan time) => _milliseconds.Add(time.TotalMilliseconds);

    public void Add(Times times) => _milliseconds.AddRange(times._milliseconds);

    public override string ToString() =>
        $"median {Median:F2} ms, p99 {At(0.99):F2} ms, longest {At(1):F2} ms of {_milliseconds.Count}";

    private double At(double share)
    {
        double[] sorted = [.. _milliseconds.Order()];
        return sorted[Math.Min(sorted.Length - 1, (int)(share * sorted.Length))];
    }
}
