extern alias client;

using client::Spiffe.WorkloadApi;
using Google.Protobuf;
using Spiffe.Protocol;
using Spiffe.Testing;
using Spiffe.Tls;

namespace Spiffe.Tests;

/// <summary>A Workload API whose SVIDs change, and a source that follows it.</summary>
public abstract class SourceTest : TlsTest, IAsyncLifetime
{
    private protected SvidFeed Feed { get; private set; } = null!;

    private protected X509Source Source { get; private set; } = null!;

    public async ValueTask InitializeAsync()
    {
        Feed = await SvidFeed.StartAsync();
        Source = Follow(SvidChoice.Default);
    }

    public virtual async ValueTask DisposeAsync()
    {
        Source.Dispose();
        await Feed.DisposeAsync();
        GC.SuppressFinalize(this);
    }

    private protected X509Source Follow(SvidChoice choice) =>
        X509Source.Follow(WorkloadApiClient.For(WorkloadApiEndpoint.Parse(Feed.Endpoint)), choice);

    private protected static X509SVIDResponse Message(params TestAuthority[] federated)
    {
        X509SVIDResponse response = Messages.X509Svids(Messages.X509Svid(Authority, ShopId));
        foreach (TestAuthority authority in federated)
        {
            response.FederatedBundles.Add($"spiffe://{authority.TrustDomain}", ByteString.CopyFrom(authority.BundleDer));
        }

        return response;
    }

    private protected static string ThumbprintOf(X509SVIDResponse message) =>
        System.Security.Cryptography.X509Certificates.X509CertificateLoader.LoadCertificate(message.Svids[0].X509Svid.Span).Thumbprint;
}
