using System.Diagnostics;
using System.Management.Automation;
using System.Management.Automation.Runspaces;

namespace Spiffe.Benchmarks.Streams;

/// <summary>
/// Goals: <c>-TimeoutSec 2</c> returns within 2.2 s from a server that accepts and never answers; a stop returns within 100 ms
/// in each of 64 runspaces.
/// </summary>
internal static class PatienceMeasurement
{
    private const int Runspaces = 64;
    private const int Rounds = 10;

    public static async Task RunAsync()
    {
        InitialSessionState state = InitialSessionState.CreateDefault2();
        state.ImportPSModule([Checkout.Manifest]);
        using RunspacePool pool = RunspaceFactory.CreateRunspacePool(state);
        pool.SetMaxRunspaces(Runspaces);
        pool.SetMinRunspaces(Runspaces);
        pool.Open();

        Console.WriteLine($"-TimeoutSec 2, no answer: {MeasureTimeout(pool)}");
        using AgentProcess agent = new(entries: 1);
        using SilentServer silent = new();
        string[] commands = [$"Watch-SpiffeSvid -Endpoint {agent.Endpoint}", $"Get-SpiffeX509Svid -Endpoint {silent.Endpoint}"];
        foreach (string command in commands)
        {
            Console.WriteLine($"stop in {Runspaces} runspaces at once, {command.Split(' ')[0]}: {await MeasureStopAsync(pool, command)}");
        }
    }

    private static Times MeasureTimeout(RunspacePool pool)
    {
        Times times = new();
        for (int i = 0; i < Rounds; i++)
        {
            using SilentServer silent = new();
            using PowerShell shell = Create(pool, $"Get-SpiffeX509Svid -Endpoint {silent.Endpoint} -TimeoutSec 2");
            long start = Stopwatch.GetTimestamp();
            shell.Invoke();
            times.Add(Stopwatch.GetElapsedTime(start));
            if (shell.Streams.Error is not [{ FullyQualifiedErrorId: "Timeout,Spiffe.Commands.GetSpiffeX509SvidCommand" }])
            {
                throw new InvalidOperationException($"That was no time-out: {shell.Streams.Error.FirstOrDefault()?.FullyQualifiedErrorId}");
            }
        }

        return times;
    }

    private static async Task<Times> MeasureStopAsync(RunspacePool pool, string command)
    {
        Times times = new();
        for (int round = 0; round < Rounds; round++)
        {
            PowerShell[] shells = [.. Enumerable.Range(0, Runspaces).Select(_ => Create(pool, command))];
            IAsyncResult[] running = [.. shells.Select(shell => shell.BeginInvoke())];

            // Long enough for all of them to wait for the agent; the stop of one that has not begun is another thing.
            await Task.Delay(TimeSpan.FromSeconds(2));
            if (running.Any(result => result.IsCompleted))
            {
                throw new InvalidOperationException("One ended before it was stopped.");
            }

            TimeSpan[] stops = await Task.WhenAll(shells.Select(shell => Task.Factory.StartNew(
                () => Stop(shell), CancellationToken.None, TaskCreationOptions.LongRunning, TaskScheduler.Default)));
            Array.ForEach(stops, times.Add);
            Array.ForEach(shells, shell => shell.Dispose());
        }

        return times;
    }

    private static TimeSpan Stop(PowerShell shell)
    {
        long start = Stopwatch.GetTimestamp();
        shell.Stop();
        return Stopwatch.GetElapsedTime(start);
    }

    private static PowerShell Create(RunspacePool pool, string script)
    {
        PowerShell shell = PowerShell.Create();
        shell.RunspacePool = pool;
        return shell.AddScript(script);
    }
}
