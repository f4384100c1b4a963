using System.Net.Security;
using System.Net.Sockets;
using System.Security.Authentication;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using Spiffe.Testing;
using Spiffe.Tls;

namespace Spiffe.Tests.Rivals;

/// <summary>Peers whose certificate must not be accepted, on either side of the connection.</summary>
public sealed class BadPeerTests : TlsTest
{
    private static readonly TimeSpan s_patience = TimeSpan.FromSeconds(20);
    private static readonly SpiffeBundle s_bundle = new(TrustDomain.Parse("example.org"), [BadPeer.Root.Certificate]);

    public static TheoryData<string> Servers => [.. Names("no certificate", "for servers only")];

    public static TheoryData<string> Clients => [.. Names("for clients only")];

    [Theory]
    [Trait("Clause", "X-10")]
    [Trait("Clause", "X-2")]
    [Trait("Clause", "X-17")]
    [Trait("Clause", "X-21")]
    [MemberData(nameof(Servers))]
    public async Task A_bad_server_is_refused_with_its_error_and_gets_nothing(string name)
    {
        BadPeer bad = BadPeer.All[name];
        (NetworkStream client, NetworkStream server) = await OpenAsync();
        Task<int> serving = ServeAsync(server, bad);

        SpiffeException refusal = await Assert.ThrowsAsync<SpiffeException>(
            () => TlsHandshake.ConnectAsync(client, OwnContext(), AllowWeb, options: null, Token).WaitAsync(s_patience, Token));

        AssertRefusal(bad, refusal);
        Assert.Equal(0, await serving.WaitAsync(s_patience, Token));
    }

    [Theory]
    [Trait("Clause", "X-10")]
    [Trait("Clause", "X-2")]
    [Trait("Clause", "X-17")]
    [Trait("Clause", "X-21")]
    [MemberData(nameof(Clients))]
    public async Task A_bad_client_is_refused_with_its_error_and_gets_nothing(string name)
    {
        BadPeer bad = BadPeer.All[name];
        (NetworkStream client, NetworkStream server) = await OpenAsync();
        Task<int> asking = AskAsync(client, bad);

        SpiffeException refusal = await Assert.ThrowsAsync<SpiffeException>(
            () => TlsHandshake.AcceptAsync(server, OwnContext(), AllowWeb, options: null, Token).WaitAsync(s_patience, Token));

        AssertRefusal(bad, refusal);
        Assert.Equal(0, await asking.WaitAsync(s_patience, Token));
    }

    [Fact]
    [Trait("Clause", "X-24")]
    [Trait("Clause", "X-37")]
    public async Task An_empty_bundle_refuses_every_peer()
    {
        (NetworkStream client, NetworkStream server) = await OpenAsync();
        Task<TlsConnection> serving = TlsHandshake.AcceptAsync(server, Context(WebId), PeerRule.AllowAny, options: null, Token);
        X509Context trustless = new(Svid(ShopId), [new SpiffeBundle(TrustDomain.Parse("example.org"))]);

        SpiffeException refusal = await Assert.ThrowsAsync<SpiffeException>(
            () => TlsHandshake.ConnectAsync(client, trustless, PeerRule.AllowAny, options: null, Token));

        Assert.Equal(SpiffeErrorReason.PeerNotTrusted, refusal.Reason);
        Assert.Contains("(X509-SVID 6.2)", refusal.Message, StringComparison.Ordinal);
        await using TlsConnection left = await serving;
    }

    private static IEnumerable<string> Names(params string[] others) => BadPeer.All.Keys.Except(others);

    private static X509Context OwnContext()
    {
        TestSigner leaf = BadPeer.Root.Issue("CN=Leaf", TestSigner.LeafExtensions(ShopId));
        return ContextOf(Svid(new IssuedSvid(leaf.Certificate, leaf.Pkcs8Key, []), ShopId, s_bundle));
    }

    private static void AssertRefusal(BadPeer bad, SpiffeException refusal)
    {
        Assert.Equal(bad.Reason, refusal.Reason);
        Assert.Contains(bad.Clause, refusal.Message, StringComparison.Ordinal);
    }

    private static SslStreamCertificateContext ContextOf(BadPeer bad)
    {
        X509Certificate2 certificate = bad.Leaf!.Certificate.HasPrivateKey ? bad.Leaf.Certificate : WithKey(bad.Leaf);
        return SslStreamCertificateContext.Create(certificate, [.. bad.Chain.Select(signer => signer.Certificate)], offline: true);
    }

    private static X509Certificate2 WithKey(TestSigner leaf)
    {
        string pem = PemEncoding.WriteString("PRIVATE KEY", leaf.Pkcs8Key);
        return X509Certificate2.CreateFromPem(leaf.Certificate.ExportCertificatePem(), pem);
    }

    /// <summary>How many bytes of the application came.</summary>
    private static async Task<int> ServeAsync(NetworkStream stream, BadPeer bad)
    {
        await using SslStream ssl = new(stream);
        try
        {
            await ssl.AuthenticateAsServerAsync(
                new SslServerAuthenticationOptions { ServerCertificateContext = ContextOf(bad), ClientCertificateRequired = true, RemoteCertificateValidationCallback = (_, _, _, _) => true },
                Token);
            return await ssl.ReadAsync(new byte[100], Token);
        }
        catch (Exception exception) when (exception is IOException or AuthenticationException)
        {
            return 0;
        }
    }

    private static async Task<int> AskAsync(NetworkStream stream, BadPeer bad)
    {
        await using SslStream ssl = new(stream);
        try
        {
            await ssl.AuthenticateAsClientAsync(
                new SslClientAuthenticationOptions { ClientCertificateContext = bad.Leaf is null ? null : ContextOf(bad), RemoteCertificateValidationCallback = (_, _, _, _) => true },
                Token);
            return await ssl.ReadAsync(new byte[100], Token);
        }
        catch (Exception exception) when (exception is IOException or AuthenticationException)
        {
            return 0;
        }
    }
}
