using System.Diagnostics;
using System.Management.Automation;
using System.Management.Automation.Runspaces;
using Spiffe.Benchmarks.Streams;
using Spiffe.WorkloadApi;

namespace Spiffe.Benchmarks.Calls;

/// <summary>
/// Goals: our layer within 1.2 times of the bare generated call; a cmdlet in a loop no slower than go-spiffe's call on the same agent,
/// which a program of its own has to tell.
/// </summary>
internal static class CallsMeasurement
{
    private const string Variable = WorkloadApiEndpoint.EnvironmentVariable;
    private const string Audience = "benchmark";
    private const int Rounds = 20;
    private const int WarmUpRounds = 20;
    private const int CallsARound = 100;

    public static async Task RunAsync()
    {
        using AgentProcess? agent = Environment.GetEnvironmentVariable(Variable) is null ? new AgentProcess(entries: 2) : null;
        WorkloadApiEndpoint endpoint = WorkloadApiEndpoint.Parse(agent?.Endpoint ?? Environment.GetEnvironmentVariable(Variable)!);
        Environment.SetEnvironmentVariable(Variable, endpoint.ToString());
        using BareClient bare = new(endpoint.Address);
        IWorkloadApi api = WorkloadApiClient.For(endpoint);
        using Runspace runspace = OpenRunspace();
        string token = (await api.FetchJwtSvidsAsync([Audience], spiffeId: null, CancellationToken.None))[0].Token;

        (string Name, Func<Task<Times>> Run)[] calls =
        [
            ("X.509 bare", () => LoopAsync(bare.FetchX509Async)),
            ("X.509 bare, parsed", () => LoopAsync(async () => BareClient.Parse(await bare.FetchX509Async()))),
            ("X.509 client", () => LoopAsync(() => api.FetchX509SvidsAsync(CancellationToken.None))),
            ("X.509 client, waiting", () => Wait(() => api.FetchX509SvidsAsync(CancellationToken.None))),
            ("Get-SpiffeX509Svid", () => Loop(runspace, "Get-SpiffeX509Svid", token)),
            ("JWT bare", () => LoopAsync(() => bare.FetchJwtAsync(Audience))),
            ("JWT client", () => LoopAsync(() => api.FetchJwtSvidsAsync([Audience], spiffeId: null, CancellationToken.None))),
            ("JWT client, waiting", () => Wait(() => api.FetchJwtSvidsAsync([Audience], spiffeId: null, CancellationToken.None))),
            ("Get-SpiffeJwtSvid", () => Loop(runspace, $"Get-SpiffeJwtSvid {Audience}", token)),
            ("validation bare", () => LoopAsync(() => bare.ValidateJwtAsync(token, Audience))),
            ("validation client", () => LoopAsync(() => api.ValidateJwtSvidAsync(token, Audience, CancellationToken.None))),
            ("validation client, waiting", () => Wait(() => api.ValidateJwtSvidAsync(token, Audience, CancellationToken.None))),
            ("Test-SpiffeJwt", () => Loop(runspace, $"Test-SpiffeJwt $token -Audience {Audience}", token)),
        ];
        Dictionary<string, Times> all = calls.ToDictionary(call => call.Name, _ => new Times());
        Dictionary<string, List<long>> allocations = calls.ToDictionary(call => call.Name, _ => new List<long>());
        for (int round = -WarmUpRounds; round < Rounds; round++)
        {
            foreach ((string name, Func<Task<Times>> run) in calls)
            {
                long before = GC.GetTotalAllocatedBytes(precise: true);
                Times times = await run();
                if (round >= 0)
                {
                    all[name].Add(times);
                    allocations[name].Add((GC.GetTotalAllocatedBytes(precise: true) - before) / CallsARound);
                }
            }
        }

        foreach ((string name, Times times) in all)
        {
            Console.WriteLine($"{name,-26} {times}; {allocations[name][0]} bytes a call at first, {allocations[name][^1]} at last");
        }
    }

    private static Runspace OpenRunspace()
    {
        InitialSessionState state = InitialSessionState.CreateDefault2();
        state.ImportPSModule([Checkout.Manifest]);
        Runspace runspace = RunspaceFactory.CreateRunspace(state);
        runspace.Open();
        return runspace;
    }

    private static async Task<Times> LoopAsync(Func<Task> call)
    {
        Times times = new();
        for (int i = 0; i < CallsARound; i++)
        {
            long start = Stopwatch.GetTimestamp();
            await call();
            times.Add(Stopwatch.GetElapsedTime(start));
        }

        return times;
    }

    /// <summary>As a pipeline's thread does: it blocks until the answer is there.</summary>
    private static Task<Times> Wait(Func<Task> call) => Task.Factory.StartNew(
        () =>
        {
            Times times = new();
            for (int i = 0; i < CallsARound; i++)
            {
                long start = Stopwatch.GetTimestamp();
                call().GetAwaiter().GetResult();
                times.Add(Stopwatch.GetElapsedTime(start));
            }

            return times;
        },
        CancellationToken.None,
        TaskCreationOptions.LongRunning,
        TaskScheduler.Default);

    private static Task<Times> Loop(Runspace runspace, string command, string token)
    {
        Times times = new();
        using PowerShell shell = PowerShell.Create(runspace);
        shell.AddScript($$"""
            param($Times, $Count, $Token)
            for ($i = 0; $i -lt $Count; $i++) {
                $start = [Diagnostics.Stopwatch]::GetTimestamp()
                $null = {{command}}
                $Times.Add([Diagnostics.Stopwatch]::GetElapsedTime($start))
            }
            """).AddArgument(times).AddArgument(CallsARound).AddArgument(token).Invoke();
        return shell.Streams.Error is [{ } error, ..] ? throw error.Exception : Task.FromResult(times);
    }
}
