using System.Diagnostics;
using Spiffe.Benchmarks.Streams;
using Spiffe.WorkloadApi;

namespace Spiffe.Benchmarks.Calls;

/// <summary>Goal: what an identity costs does not depend on how many there are in the response.</summary>
internal static class IdentitiesMeasurement
{
    private const int WarmUpCalls = 500;

    public static async Task RunAsync()
    {
        foreach ((int identities, int count) in new[] { (1, 2_000), (10, 1_000), (100, 200), (1_000, 30) })
        {
            using AgentProcess agent = new(identities);
            using BareClient bare = new(agent.SocketPath);
            IWorkloadApi api = WorkloadApiClient.For(WorkloadApiEndpoint.Parse(agent.Endpoint));
            (string Name, Func<Task> Call)[] calls =
            [
                ("bare client", bare.FetchX509Async),
                ("bare client that parses", async () => BareClient.Parse(await bare.FetchX509Async())),
                ("our client", () => api.FetchX509SvidsAsync(CancellationToken.None)),
                ("our client, all certificates asked for", async () => Load(await api.FetchX509SvidsAsync(CancellationToken.None))),
            ];
            Times[] times = Array.ConvertAll(calls, _ => new Times());
            for (int i = -WarmUpCalls / identities; i < count; i++)
            {
                for (int kind = 0; kind < calls.Length; kind++)
                {
                    long start = Stopwatch.GetTimestamp();
                    await calls[kind].Call();
                    if (i >= 0)
                    {
                        times[kind].Add(Stopwatch.GetElapsedTime(start));
                    }
                }
            }

            Console.WriteLine($"{identities} identities:");
            for (int kind = 0; kind < calls.Length; kind++)
            {
                Console.WriteLine($"  {calls[kind].Name,-40} {times[kind]}; {times[kind].Median / identities * 1000:F0} us an identity");
            }
        }
    }

    private static void Load(IReadOnlyList<X509Svid> svids)
    {
        foreach (X509Svid svid in svids)
        {
            svid.Certificate.Dispose();
        }
    }
}
