using System.Net.Security;
using System.Net.Sockets;
using System.Security.Authentication;
using Spiffe.Testing;
using Spiffe.Tls;

namespace Spiffe.Tests.Handshakes;

public sealed class TlsHandshakeTests : TlsTest
{
    [Fact]
    public async Task Both_sides_learn_the_SPIFFE_ID_of_the_other()
    {
        await using Pair pair = await ShakeAsync(Context(ShopId), AllowWeb, Context(WebId), AllowShop);

        Assert.Equal(SpiffeId.Parse(WebId), pair.Client.PeerId);
        Assert.Equal(SpiffeId.Parse(ShopId), pair.Server.PeerId);
        Assert.Equal(SslProtocols.Tls13, pair.Client.Stream.SslProtocol);
        await pair.Client.Stream.WriteAsync("question"u8.ToArray(), Token);
        byte[] buffer = new byte[100];
        Assert.Equal("question"u8.ToArray(), buffer[..await pair.Server.Stream.ReadAsync(buffer, Token)]);
    }

    [Fact]
    public async Task Intermediates_go_along_both_ways()
    {
        TestSigner root = TestSigner.CreateRoot();
        TestSigner above = root.IssueSigner("CN=Above");
        TestSigner below = above.IssueSigner("CN=Below");
        SpiffeBundle bundle = new(TrustDomain.Parse("example.org"), [root.Certificate]);
        X509Context client = ContextOf(SignedSvid(ShopId, bundle, below, above));
        X509Context server = ContextOf(SignedSvid(WebId, bundle, below, above));

        await using Pair pair = await ShakeAsync(client, AllowWeb, server, AllowShop);

        Assert.Equal(3, pair.Client.PeerChain.Count);
        Assert.Equal(3, pair.Server.PeerChain.Count);
    }

    [Fact]
    public async Task Workloads_of_federated_trust_domains_meet()
    {
        X509Context client = Context(ShopId, Authority, BundleOf(Foreign));
        X509Context server = Context("spiffe://other.org/web", Foreign, BundleOf(Authority));

        await using Pair pair = await ShakeAsync(
            client, PeerRule.AllowTrustDomains(TrustDomain.Parse("other.org")), server, PeerRule.AllowAny);

        Assert.Equal("spiffe://other.org/web", pair.Client.PeerId!.ToString());
        Assert.Equal(ShopId, pair.Server.PeerId!.ToString());
    }

    [Fact]
    public async Task No_session_is_resumed()
    {
        X509Context client = Context(ShopId);
        X509Context server = Context(WebId);
        for (int i = 0; i < 3; i++)
        {
            await using Pair pair = await ShakeAsync(client, AllowWeb, server, AllowShop);

            // A resumed session would bring no chain to verify: a client's intermediates would be missing.
            Assert.NotEmpty(pair.Server.PeerChain);
            await pair.Client.Stream.WriteAsync(new byte[1], Token);
            await pair.Server.Stream.ReadExactlyAsync(new byte[1], Token);
            await pair.Server.Stream.WriteAsync(new byte[1], Token);
            await pair.Client.Stream.ReadExactlyAsync(new byte[1], Token);
        }
    }

    [Fact]
    public async Task A_client_without_an_identity_of_its_own_verifies_the_server_all_the_same()
    {
        (NetworkStream client, NetworkStream server) = await OpenAsync();
        await using SslStream kestrel = new(server);
        Task serving = kestrel.AuthenticateAsServerAsync(
            TlsHandshake.CreateServerOptions(Context(WebId), rule: null, options: null), Token);

        await using TlsConnection connection = await TlsHandshake.ConnectAsync(
            client, new X509Context(svid: null, [BundleOf(Authority)]), AllowWeb, options: null, Token);
        await serving;

        Assert.Equal(SpiffeId.Parse(WebId), connection.PeerId);
        Assert.Null(kestrel.RemoteCertificate);
    }

    [Fact]
    public async Task A_server_that_the_rule_does_not_allow_gets_nothing_and_the_refusal_names_it_and_the_rule()
    {
        (NetworkStream client, NetworkStream server) = await OpenAsync();
        Task<TlsConnection> serving = TlsHandshake.AcceptAsync(server, Context(WebId), AllowShop, options: null, Token);

        SpiffeException refusal = await Assert.ThrowsAsync<SpiffeException>(
            () => TlsHandshake.ConnectAsync(client, Context(ShopId), AllowShop, options: null, Token));

        Assert.Equal(SpiffeErrorReason.PeerNotAuthorized, refusal.Reason);
        Assert.Contains($"'{WebId}'", refusal.Message, StringComparison.Ordinal);
        Assert.Contains($"'{ShopId}'", refusal.Message, StringComparison.Ordinal);

        // With TLS 1.3 the server's handshake is over before the client has judged. It gets the end of the stream and nothing else.
        await using TlsConnection left = await serving;
        Assert.Equal(0, await left.Stream.ReadAsync(new byte[1], Token));
    }

    [Fact]
    public async Task A_client_that_the_rule_does_not_allow_learns_it_when_it_reads()
    {
        (NetworkStream client, NetworkStream server) = await OpenAsync();
        Task<SpiffeException> serving = Assert.ThrowsAsync<SpiffeException>(
            () => TlsHandshake.AcceptAsync(server, Context(WebId), AllowWeb, options: null, Token));
        await using TlsConnection connection =
            await TlsHandshake.ConnectAsync(client, Context(ShopId), AllowWeb, options: null, Token);

        Assert.Equal(0, await connection.Stream.ReadAsync(new byte[1], Token));
        Assert.Equal(SpiffeErrorReason.PeerNotAuthorized, (await serving).Reason);
        Assert.Contains($"'{ShopId}'", (await serving).Message, StringComparison.Ordinal);
    }

    private static X509Svid SignedSvid(string spiffeId, SpiffeBundle bundle, params TestSigner[] signers)
    {
        TestSigner leaf = signers[0].Issue("CN=Leaf", TestSigner.LeafExtensions(spiffeId));
        IssuedSvid issued = new(leaf.Certificate, leaf.Pkcs8Key, [.. signers.Select(signer => signer.Certificate)]);
        return Svid(issued, spiffeId, bundle);
    }

    private static async Task<Pair> ShakeAsync(X509Context clientContext, PeerRule clientRule, X509Context serverContext, PeerRule serverRule)
    {
        (NetworkStream client, NetworkStream server) = await OpenAsync();
        Task<TlsConnection> accepting = TlsHandshake.AcceptAsync(server, serverContext, serverRule, options: null, Token);
        Task<TlsConnection> connecting = TlsHandshake.ConnectAsync(client, clientContext, clientRule, options: null, Token);
        return new Pair(await connecting, await accepting);
    }

    private sealed record Pair(TlsConnection Client, TlsConnection Server) : IAsyncDisposable
    {
        public async ValueTask DisposeAsync()
        {
            await Client.DisposeAsync();
            await Server.DisposeAsync();
        }
    }
}
