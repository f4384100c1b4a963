using Spiffe.Testing;
using Spiffe.Tls;

namespace Spiffe.Tests.BundleEndpoints;

/// <summary>An endpoint that serves the bundle of one trust domain, right or wrong.</summary>
public abstract class BundleEndpointTest : IAsyncDisposable
{
    private protected const string EndpointId = "spiffe://served.test/bundle-endpoint";

    private protected static readonly TrustDomain Served = TrustDomain.Parse("served.test");
    private protected static readonly TestAuthority Authority = TestAuthority.Create("served.test");
    private protected static readonly TestAuthority WebAuthority = TestAuthority.Create("web.invalid");

    private protected static CancellationToken Token => TestContext.Current.CancellationToken;

    private protected ScriptedBundleEndpoint Server { get; } = ScriptedBundleEndpoint.Start(Authority.Issue(EndpointId));

    public async ValueTask DisposeAsync()
    {
        await Server.DisposeAsync();
        GC.SuppressFinalize(this);
    }

    /// <summary>A certificate of the web for localhost.</summary>
    private protected static IssuedSvid IssueWeb(string host = "localhost") =>
        WebAuthority.Issue(new LeafOptions { Uris = [], DnsNames = [host] });

    private protected static SpiffeBundle BundleOf(params TestAuthority[] authorities) =>
        new(TrustDomain.Parse(authorities[0].TrustDomain), authorities.Select(authority => authority.Certificate));

    /// <summary>Fetches by SPIFFE ID from the endpoint, which serves its own bundle.</summary>
    private protected BundleFetch SpiffeFetch(SpiffeBundle? endpointBundle = null, string id = EndpointId, int redirects = 5) => new(
        BundleEndpoint.ForHttpsSpiffe(Served, Server.Url, SpiffeId.Parse(id)) with { MaximumRedirection = redirects },
        () => endpointBundle ?? BundleOf(Authority));

    /// <summary>Fetches from the endpoint as from a server of the web.</summary>
    private protected BundleFetch WebFetch(TestAuthority? webAuthority = null)
    {
        BundleEndpoint endpoint = BundleEndpoint.ForHttpsWeb(
            Served, Server.Url, [(webAuthority ?? WebAuthority).Certificate]);
        return new BundleFetch(endpoint, () => null);
    }
}
