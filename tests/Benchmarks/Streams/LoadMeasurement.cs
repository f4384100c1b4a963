using System.Diagnostics;
using Spiffe.Benchmarks.Calls;

namespace Spiffe.Benchmarks.Streams;

/// <summary>Goal: a rotation reaches 500 streams of an agent with 1,000 entries within 2 s; memory stays flat over 1,000 rotations.</summary>
internal static class LoadMeasurement
{
    private const int Entries = 1_000;
    private const int Streams = 500;

    public static async Task RunAsync()
    {
        await RunAsync(matching: 2, rotations: 1_000);
        await RunAsync(matching: Entries, rotations: 20);
    }

    private static async Task RunAsync(int matching, int rotations)
    {
        using AgentProcess agent = new(matching, Entries - matching);
        using BareClient client = new(agent.SocketPath);
        using CancellationTokenSource end = new();
        using SemaphoreSlim reached = new(0);
        int messages = 0;
        long start = Stopwatch.GetTimestamp();
        Task[] streams = [.. Enumerable.Range(0, Streams).Select(_ => client.ReadAsync(
            _ =>
            {
                if (Interlocked.Increment(ref messages) % Streams == 0)
                {
                    reached.Release();
                }
            },
            end.Token))];
        await reached.WaitAsync();
        Console.WriteLine($"{Entries} entries, {Streams} streams, {matching} SVIDs for each:");
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
                Console.WriteLine($"  after rotation {i}: agent {agent.Use}");
            }
        }

        Console.WriteLine($"  rotation until the last stream has it: {times}");
        await end.CancelAsync();
        await Task.WhenAll(streams);
    }
}
