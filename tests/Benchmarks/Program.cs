using BenchmarkDotNet.Configs;
using BenchmarkDotNet.Diagnosers;
using BenchmarkDotNet.Jobs;
using BenchmarkDotNet.Running;
using BenchmarkDotNet.Toolchains.InProcess.Emit;
using Spiffe.Benchmarks.Calls;
using Spiffe.Benchmarks.Streams;
using Spiffe.Benchmarks.Tls;
using Spiffe.Testing;

namespace Spiffe.Benchmarks;

internal static class Program
{
    private const string Managed = "managed";

    /// <summary>What needs an agent and lasts: a run is the measurement, so BenchmarkDotNet has nothing to repeat.</summary>
    private static readonly Dictionary<string, Func<Task>> s_measurements = new()
    {
        ["calls"] = CallsMeasurement.RunAsync,
        ["identities"] = IdentitiesMeasurement.RunAsync,
        ["first-request"] = FirstRequestMeasurement.RunAsync,
        ["first-request-here"] = FirstRequestMeasurement.RunHereAsync,
        ["load"] = LoadMeasurement.RunAsync,
        ["latency"] = LatencyMeasurement.RunAsync,
        ["soak"] = SoakMeasurement.RunAsync,
        ["slow-reader"] = SlowReaderMeasurement.RunAsync,
        ["tls"] = TlsMeasurement.RunAsync,
        ["tunnel"] = TunnelMeasurement.RunAsync,
        ["patience"] = PatienceMeasurement.RunAsync,
    };

    private static async Task<int> Main(string[] args)
    {
        if (args is [string name, ..] && s_measurements.TryGetValue(name, out Func<Task>? measure))
        {
            string library = args is [_, Managed] ? string.Empty : Checkout.TransportLibrary;
            TransportChoice.TakeNative(library);
            Console.Error.WriteLine(library.Length > 0 ? "Calls go through the native library." : "Calls go the managed way.");
            await measure();
            return 0;
        }

        // In this process: what is measured is this build, and no second one with other settings is made for it.
        ManualConfig config = ManualConfig.Create(DefaultConfig.Instance)
            .AddJob(Job.Default.WithToolchain(InProcessEmitToolchain.Instance))
            .AddDiagnoser(MemoryDiagnoser.Default)
            .WithArtifactsPath(Path.Combine(AppContext.BaseDirectory, "results"));
        BenchmarkSwitcher.FromAssembly(typeof(Program).Assembly).Run(args, config);
        return 0;
    }
}
