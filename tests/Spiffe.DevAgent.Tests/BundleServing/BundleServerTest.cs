using Spiffe.Tls;

namespace Spiffe.Tests.BundleServing;

/// <summary>An agent that serves its bundle, and clients that fetch it.</summary>
public abstract class BundleServerTest : AgentTest
{
    private protected const string EndpointId = "spiffe://example.org/bundle-endpoint";

    private protected static readonly TrustDomain Own = TrustDomain.Parse("example.org");

    /// <summary>Starts an agent with a bundle endpoint at a free port; gives its bundle as a workload has it.</summary>
    private protected async Task<SpiffeBundle> ServeAsync(
        string profile = "HttpsSpiffe", string more = "", string settings = "", TimeSpan? publishAhead = null)
    {
        await StartAsync(
            $$"""
            "bundleEndpoint": { "address": "127.0.0.1:0", "profile": "{{profile}}"{{(more.Length > 0 ? ", " + more : "")}} }{{(settings.Length > 0 ? ", " + settings : "")}}
            """,
            publishAhead);
        return await FetchBundleAsync();
    }

    private protected async Task<SpiffeBundle> FetchBundleAsync() => SpiffeBundle.FromX509Der(
        Own, (await FetchAsync(new Protocol.SpiffeWorkloadAPI.SpiffeWorkloadAPIClient(Channel))).Svids[0].Bundle.Memory);

    private protected BundleFetch SpiffeFetch(SpiffeBundle bundle, string id = EndpointId) => new(
        Spiffe.Tls.BundleEndpoint.ForHttpsSpiffe(Own, BundleEndpoint.ToString(), SpiffeId.Parse(id)), () => bundle);

    private protected BundleFetch WebFetch() => new(
        Spiffe.Tls.BundleEndpoint.ForHttpsWeb(Own, BundleEndpoint.ToString(), [BundleEndpointAuthority!]), () => null);
}
