using System.Diagnostics;
using Spiffe.Benchmarks.Calls;
using Spiffe.WorkloadApi;

namespace Spiffe.Benchmarks.Streams;

/// <summary>
/// Goal: a rotation reaches 500 streams of an agent with 1,000 entries within 2 s; memory stays flat over 1,000 rotations. Most
/// streams are of the bare client, which leaves messages unread: with all SVIDs for each, ours would have half a million to keep.
/// </summary>
internal static class LoadMeasurement
{
    private const int Entries = 1_000;
    private const int Streams = 500;

    public static async Task RunAsync()
    {
        await RunBareAsync(matching: 2, rotations: 1_000);
        await RunOurAsync(matching: 2, rotations: 1_000);
        await RunBareAsync(matching: Entries, rotations: 20);
    }

    private static async Task RunBareAsync(int matching, int rotations)
    {
        using AgentProcess agent = new(matching, Entries - matching);
        using BareClient client = new(agent.SocketPath);
        Console.WriteLine($"{Entries} entries, {Streams} streams of the bare client, {matching} SVIDs for each:");
        await RunAsync(agent, rotations, (take, token) => client.ReadAsync(_ => take(), token));
    }

    private static async Task RunOurAsync(int matching, int rotations)
    {
        using AgentProcess agent = new(matching, Entries - matching);
        IWorkloadApi api = WorkloadApiClient.For(WorkloadApiEndpoint.Parse(agent.Endpoint));
        Console.WriteLine($"{Entries} entries, {Streams} streams of our client, {matching} SVIDs for each:");
        await RunAsync(agent, rotations, (take, token) => WatchAsync(api, take, token));
    }

    private static async Task RunAsync(AgentProcess agent, int rotations, Func<Action, CancellationToken, Task> read)
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
        Console.WriteLine($"  first messages after {Stopwatch.GetElapsedTime(start).TotalMilliseconds:F0} ms");
        Times times = new();
        for (int i = 1; i <= rotations; i++)
        {
            start = Stopwatch.GetTimestamp();
            agent.Rotate();
            await reached.WaitAsync();
            times.Add(Stopwatch.GetElapsedTime(start));
            if (i % (rotations / 4) == 0)
            {
                Console.WriteLine($"  after rotation {i}: agent {agent.Use}; here {ProcessUse.Of(Process.GetCurrentProcess())}");
            }
        }

        Console.WriteLine($"  rotation until the last stream has it: {times}");
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
