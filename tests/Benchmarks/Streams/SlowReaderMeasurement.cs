using System.Collections.Concurrent;
using System.Diagnostics;
using System.Security.Cryptography.X509Certificates;
using Spiffe.Benchmarks.Calls;

namespace Spiffe.Benchmarks.Streams;

/// <summary>Goal: a reader that sleeps 1 s an item while the agent rotates every 10 ms sees the latest state, and memory stays flat.</summary>
internal static class SlowReaderMeasurement
{
    private const int Items = 60;
    private static readonly TimeSpan s_sleep = TimeSpan.FromSeconds(1);
    private static readonly TimeSpan s_rhythm = TimeSpan.FromMilliseconds(10);

    public static async Task RunAsync()
    {
        using AgentProcess agent = new(entries: 1);
        using BareClient other = new(agent.SocketPath);
        using CancellationTokenSource end = new();
        using Process self = Process.GetCurrentProcess();
        ConcurrentDictionary<string, int> order = [];
        Task reading = other.ReadAsync(message => order[Thumbprint(message.Svids[0].X509Svid.Span)] = order.Count, end.Token);
        Times behind = new();
        TaskCompletionSource done = new();
        int items = 0;
        using ModuleWatch watch = new(agent.Endpoint, update =>
        {
            int newest = order.Count - 1;
            int seen = order.TryGetValue(((X509Svid)update.Svids[0]).Thumbprint, out int position) ? position : newest;
            behind.Add((newest - seen) * s_rhythm);
            if (++items % 10 == 0)
            {
                Console.WriteLine($"item {items}: {newest - seen} of {newest + 1} rotations behind; {ProcessUse.Of(self)}");
            }

            if (items == Items)
            {
                done.TrySetResult();
            }

            Thread.Sleep(s_sleep);
        });
        using PeriodicTimer timer = new(s_rhythm);
        while (!done.Task.IsCompleted && await timer.WaitForNextTickAsync())
        {
            agent.Rotate();
        }

        Console.WriteLine($"{order.Count} rotations, {items} items; behind the newest by {behind}");
        await end.CancelAsync();
        await reading;
    }

    private static string Thumbprint(ReadOnlySpan<byte> der)
    {
        using X509Certificate2 certificate = X509CertificateLoader.LoadCertificate(der);
        return certificate.Thumbprint;
    }
}
