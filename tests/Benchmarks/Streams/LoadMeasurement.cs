using System.Diagnostics;
using Spiffe.Benchmarks.Calls;
using Spiffe.WorkloadApi;

namespace Spiffe.Benchmarks.Streams;

/// <summary>
/// Goal: a rotation reaches 500 streams of an agent with 1,000 entries within 2 s; memory stays flat over 1,000 rotations. Our
/// client's streams, which read and check each SVID, take no longer one way than the other.
/// </summary>
internal static class LoadMeasurement
{
    private const int Entries = 1_000;
    private const int Streams = 500;

    public static async Task RunAsync()
    {
        foreach ((int matching, int rotations) in new[] { (2, 1_000), (Entries, 20) })
        {
            using AgentProcess agent = new(matching, Entries - matching);
            using BareClient bare = new(agent.SocketPath);
            IWorkloadApi api = WorkloadApiClient.For(WorkloadApiEndpoint.Parse(agent.Endpoint));
            Console.WriteLine($"{Entries} entries, {Streams} streams, {matching} SVIDs for each:");
            await RunAsync("bare client", agent, rotations, (take, token) => bare.ReadAsync(_ => take(), token));
            await RunAsync("our client", agent, rotations, (take, token) => WatchAsync(api, take, token));
        }
    }

    private static async Task RunAsync(string client, AgentProcess agent, int rotations, Func<Action, CancellationToken, Task> read)
    {
        using CancellationTokenSource end = new();
        using SemaphoreSlim reached = new(0);
        int messages = 0;
        void Take()
        {
            if (Interlocked.Increment(ref messages) % Streams == 0)
            {
                reached.Release();
            }
        }

        long start = Stopwatch.GetTimestamp();
        Task[] streams = [.. Enumerable.Range(0, Streams).Select(_ => read(Take, end.Token))];
        await reached.WaitAsync();
        Console.WriteLine($"  {client}: first messages after {Stopwatch.GetElapsedTime(start).TotalMilliseconds:F0} ms");
        Times times = new();
        for (int i = 1; i <= rotations; i++)
        {
            start = Stopwatch.GetTimestamp();
            agent.Rotate();
            await reached.WaitAsync();
            times.Add(Stopwatch.GetElapsedTime(start));
            if (i % (rotations / 4) == 0)
            {
                Console.WriteLine($"    after rotation {i}: agent {agent.Use}; here {ProcessUse.Of(Process.GetCurrentProcess())}");
            }
        }

        Console.WriteLine($"    rotation until the last stream has it: {times}");
        await end.CancelAsync();
        await Task.WhenAll(streams);
    }

    private static async Task WatchAsync(IWorkloadApi api, Action take, CancellationToken cancellationToken)
    {
        try
        {
            await foreach (WatchEvent<IReadOnlyList<X509Svid>> next in api.WatchX509SvidsAsync(cancellationToken))
            {
                if (next.Value is null)
                {
                    throw new InvalidOperationException("A stream broke.", next.Error);
                }

                take();
            }
        }
        catch (OperationCanceledException)
        {
            // That was the end of the measurement.
        }
    }
}
