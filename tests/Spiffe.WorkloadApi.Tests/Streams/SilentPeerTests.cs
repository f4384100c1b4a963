extern alias client;

using System.Net;
using client::Spiffe.WorkloadApi;
using Spiffe.Testing;

namespace Spiffe.Tests.Streams;

/// <summary>An agent that falls silent. Alone in its class: half a minute passes before it is given up.</summary>
public sealed class SilentPeerTests : ClientTest
{
    [Fact]
    public async Task A_peer_that_falls_silent_without_closing_is_noticed()
    {
        Server.X509Svids = ScriptedWorkloadApi.Always(Messages.X509Svids(Authority));
        await using Bridge bridge = Bridge.FromTcp(Server.SocketPath, IPAddress.Loopback);
        await using IAsyncEnumerator<WatchEvent<IReadOnlyList<X509Svid>>> watch = WorkloadApiClient
            .For(WorkloadApiEndpoint.Parse(bridge.Endpoint)).WatchX509SvidsAsync(Token).GetAsyncEnumerator(Token);
        Assert.NotNull((await NextAsync(watch)).Value);

        bridge.FallSilent();

        // The stream is opened again at once, which is silent too.
        Task<WatchEvent<IReadOnlyList<X509Svid>>> retrying = NextAsync(watch);
        await Eventually.TrueAsync(() => bridge.Connections == 2, Token);
        Assert.Equal(SpiffeErrorReason.EndpointUnreachable, (await retrying).Error!.Reason);
    }
}
