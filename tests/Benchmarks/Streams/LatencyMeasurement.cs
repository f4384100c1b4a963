using System.Diagnostics;
using Spiffe.Benchmarks.Calls;

namespace Spiffe.Benchmarks.Streams;

/// <summary>
/// Goal: from a rotation in the agent to the object in the pipeline a p99 under 5 ms with one identity, linear in their number,
/// and no slower than a bare read of the stream that parses the certificates and keys.
/// </summary>
internal static class LatencyMeasurement
{
    private static readonly TimeSpan s_pause = TimeSpan.FromMilliseconds(2);

    public static async Task RunAsync()
    {
        foreach ((int identities, int rotations) in new[] { (1, 1_000), (10, 500), (100, 100), (1_000, 20) })
        {
            using AgentProcess agent = new(identities);
            Times bare = new();
            Times module = new();
            for (int round = 0; round < 4; round++)
            {
                await RunBareAsync(agent, rotations / 2, bare);
                await RunModuleAsync(agent, rotations / 2, module);
            }

            Console.WriteLine($"{identities} identities:");
            Console.WriteLine($"  Watch-SpiffeSvid:      {module}; {module.Median / identities * 1000:F0} us an identity");
            Console.WriteLine($"  bare stream and parse: {bare}");
            Console.WriteLine($"  ratio of the medians:  {module.Median / bare.Median:F2}");
        }
    }

    private static async Task RunModuleAsync(AgentProcess agent, int rotations, Times times)
    {
        using SemaphoreSlim arrived = new(0);
        using ModuleWatch watch = new(agent.Endpoint, _ => arrived.Release());
        await MeasureAsync(agent, rotations, times, arrived);
    }

    private static async Task RunBareAsync(AgentProcess agent, int rotations, Times times)
    {
        using SemaphoreSlim arrived = new(0);
        using CancellationTokenSource end = new();
        using BareClient client = new(agent.SocketPath);
        Task reading = client.ReadAsync(
            message =>
            {
                BareClient.Parse(message);
                arrived.Release();
            },
            end.Token);
        await MeasureAsync(agent, rotations, times, arrived);
        await end.CancelAsync();
        await reading;
    }

    private static async Task MeasureAsync(AgentProcess agent, int rotations, Times times, SemaphoreSlim arrived)
    {
        await arrived.WaitAsync();
        for (int i = -rotations / 10; i < rotations; i++)
        {
            long start = Stopwatch.GetTimestamp();
            agent.Rotate();
            await arrived.WaitAsync();
            TimeSpan time = Stopwatch.GetElapsedTime(start);
            if (i >= 0)
            {
                times.Add(time);
            }

            await Task.Delay(s_pause);
        }
    }
}
