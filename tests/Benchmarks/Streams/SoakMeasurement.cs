using System.Diagnostics;

namespace Spiffe.Benchmarks.Streams;

/// <summary>Goal: over 100,000 updates through Watch-SpiffeSvid memory and descriptors are flat after the first thousand.</summary>
internal static class SoakMeasurement
{
    private const int Updates = 100_000;

    public static async Task RunAsync()
    {
        using AgentProcess agent = new(entries: 1);
        using SemaphoreSlim arrived = new(0);
        long last = 0;
        using ModuleWatch watch = new(agent.Endpoint, update =>
        {
            if (update.SequenceNumber != last + 1)
            {
                throw new InvalidOperationException($"Update {update.SequenceNumber} came after {last}.");
            }

            last = update.SequenceNumber;
            arrived.Release();
        });
        using Process self = Process.GetCurrentProcess();
        long start = Stopwatch.GetTimestamp();
        await arrived.WaitAsync();
        for (int i = 1; i <= Updates; i++)
        {
            agent.Rotate();
            await arrived.WaitAsync();
            if (i is 1_000 or 2_000 or 5_000 || i % 10_000 == 0)
            {
                Report(i, self, agent);
            }
        }

        Console.WriteLine($"{Updates} updates in {Stopwatch.GetElapsedTime(start).TotalSeconds:F0} s");
    }

    private static void Report(int updates, Process self, AgentProcess agent)
    {
        // Twice, so that what finalizers let go of is counted as gone.
        GC.Collect();
        GC.WaitForPendingFinalizers();
        long managed = GC.GetTotalMemory(forceFullCollection: true);
        Console.WriteLine($"{updates,7} updates: {managed / 1048576.0:F1} MiB managed, {ProcessUse.Of(self)}; agent {agent.Use}");
    }
}
