using System.Net;
using System.Net.Sockets;
using Spiffe.Testing;
using Spiffe.Tls;

namespace Spiffe.Tests;

/// <summary>What the tests of connections share: SVIDs of one authority, and sockets of this machine.</summary>
public abstract class TlsTest
{
    private protected const string WebId = "spiffe://example.org/web";
    private protected const string ShopId = "spiffe://example.org/shop";

    private protected static readonly TestAuthority Authority = TestAuthority.Create();
    private protected static readonly TestAuthority Foreign = TestAuthority.Create("other.org");
    private protected static readonly PeerRule AllowWeb = PeerRule.AllowSpiffeIds(SpiffeId.Parse(WebId));
    private protected static readonly PeerRule AllowShop = PeerRule.AllowSpiffeIds(SpiffeId.Parse(ShopId));

    private protected static CancellationToken Token => TestContext.Current.CancellationToken;

    private protected static SpiffeBundle BundleOf(TestAuthority authority) =>
        new(TrustDomain.Parse(authority.TrustDomain), [authority.Certificate]);

    private protected static X509Svid Svid(string spiffeId, TestAuthority? authority = null, params SpiffeBundle[] federated) =>
        Svid((authority ?? Authority).Issue(spiffeId), spiffeId, BundleOf(authority ?? Authority), federated);

    private protected static X509Svid Svid(IssuedSvid issued, string spiffeId, SpiffeBundle bundle, params SpiffeBundle[] federated) =>
        X509Svid.FromDer(SpiffeId.Parse(spiffeId), "", isDefault: true, issued.Der, issued.Pkcs8Key, bundle, [.. federated]);

    private protected static X509Context Context(string spiffeId, TestAuthority? authority = null, params SpiffeBundle[] federated) =>
        ContextOf(Svid(spiffeId, authority, federated));

    private protected static X509Context ContextOf(X509Svid svid) => new(svid, svid.FederatedBundles.Prepend(svid.Bundle));

    /// <summary>Both ends of a new connection over TCP.</summary>
    private protected static async Task<(NetworkStream Client, NetworkStream Server)> OpenAsync()
    {
        using TcpListener listener = new(IPAddress.Loopback, 0);
        listener.Start();
        TcpClient client = new() { NoDelay = true };
        await client.ConnectAsync((IPEndPoint)listener.LocalEndpoint, Token);
        TcpClient server = await listener.AcceptTcpClientAsync(Token);
        server.NoDelay = true;
        return (client.GetStream(), server.GetStream());
    }
}
