using System.Diagnostics;
using System.Diagnostics.CodeAnalysis;
using System.Net;
using System.Net.Security;
using System.Net.Sockets;
using System.Security.Authentication;
using Microsoft.AspNetCore.Http;
using Spiffe.Testing;
using Spiffe.Tls;

namespace Spiffe.Benchmarks.Tls;

/// <summary>Handshakes and requests by SPIFFE ID, in turn with what the base library does that verifies nothing.</summary>
[SuppressMessage("Security", "CA5359", Justification = "The baseline is what people write who verify nothing.")]
internal static class TlsMeasurement
{
    private const string WebId = "spiffe://example.org/web";
    private const string ShopId = "spiffe://example.org/shop";
    private const int Rounds = 9;
    private const int Handshakes = 200;
    private const int Requests = 3000;

    private static readonly TestAuthority s_authority = TestAuthority.Create();
    private static readonly PeerRule s_web = PeerRule.AllowSpiffeIds(SpiffeId.Parse(WebId));
    private static readonly PeerRule s_shop = PeerRule.AllowSpiffeIds(SpiffeId.Parse(ShopId));

    public static async Task RunAsync()
    {
        Console.WriteLine($"Goal: handshakes within 1.2 times of bare SslStream, kept requests within 1.1 times of HttpClient. {Rounds} rounds in turn, medians.");
        await CompareAsync("handshake", Handshakes, ShakeBareAsync, ShakeAsync);

        X509Context web = Context(WebId);
        await using TlsWebServer server = await TlsWebServer.StartAsync(
            () => TlsHandshake.CreateServerOptions(web, s_shop, options: null), context => context.Response.WriteAsync("hello"));
        X509Svid shop = Svid(ShopId);
        using HttpClient own = new(new SpiffeHttpHandler(X509Source.Fixed(shop, [shop.Bundle]), s_web));
        using HttpClient bare = new(new SocketsHttpHandler
        {
            UseProxy = false,
            SslOptions = new SslClientAuthenticationOptions
            {
                ClientCertificates = [shop.Certificate],
                RemoteCertificateValidationCallback = (_, _, _, _) => true,
            },
        });
        await CompareAsync("kept request", Requests, () => bare.GetStringAsync(server.Address), () => own.GetStringAsync(server.Address));
    }

    private static async Task CompareAsync(string what, int count, Func<Task> bareAsync, Func<Task> ownAsync)
    {
        List<double> bare = [];
        List<double> own = [];
        for (int round = 0; round <= Rounds; round++)
        {
            double first = await MeasureAsync(bareAsync, count);
            double second = await MeasureAsync(ownAsync, count);
            if (round > 0)
            {
                bare.Add(first);
                own.Add(second);
            }
        }

        double bareMedian = bare.Order().ElementAt(Rounds / 2);
        double ownMedian = own.Order().ElementAt(Rounds / 2);
        Console.WriteLine(
            $"{what}: bare {bareMedian:0.000} ms, ours {ownMedian:0.000} ms, {1000 / ownMedian:0} a second; {ownMedian / bareMedian:0.00} times");
    }

    private static async Task<double> MeasureAsync(Func<Task> runAsync, int count)
    {
        long start = Stopwatch.GetTimestamp();
        for (int i = 0; i < count; i++)
        {
            await runAsync();
        }

        return Stopwatch.GetElapsedTime(start).TotalMilliseconds / count;
    }

    private static readonly X509Context s_shopContext = Context(ShopId);
    private static readonly X509Context s_webContext = Context(WebId);
    private static readonly SslStreamCertificateContext s_bareShop = SslStreamCertificateContext.Create(Svid(ShopId).Certificate, [], offline: true);
    private static readonly SslStreamCertificateContext s_bareWeb = SslStreamCertificateContext.Create(Svid(WebId).Certificate, [], offline: true);

    private static async Task ShakeAsync()
    {
        (NetworkStream client, NetworkStream server) = await OpenAsync();
        Task<TlsConnection> accepting = TlsHandshake.AcceptAsync(server, s_webContext, s_shop, options: null, CancellationToken.None);
        await using TlsConnection connected = await TlsHandshake.ConnectAsync(client, s_shopContext, s_web, options: null, CancellationToken.None);
        await using TlsConnection accepted = await accepting;
    }

    private static async Task ShakeBareAsync()
    {
        (NetworkStream client, NetworkStream server) = await OpenAsync();
        await using SslStream connected = new(client);
        await using SslStream accepted = new(server);
        Task accepting = accepted.AuthenticateAsServerAsync(new SslServerAuthenticationOptions
        {
            ServerCertificateContext = s_bareWeb,
            ClientCertificateRequired = true,
            AllowTlsResume = false,
            EnabledSslProtocols = SslProtocols.Tls12 | SslProtocols.Tls13,
            RemoteCertificateValidationCallback = (_, _, _, _) => true,
        });
        await connected.AuthenticateAsClientAsync(new SslClientAuthenticationOptions
        {
            TargetHost = "localhost",
            ClientCertificateContext = s_bareShop,
            AllowTlsResume = false,
            EnabledSslProtocols = SslProtocols.Tls12 | SslProtocols.Tls13,
            RemoteCertificateValidationCallback = (_, _, _, _) => true,
        });
        await accepting;
    }

    private static async Task<(NetworkStream Client, NetworkStream Server)> OpenAsync()
    {
        using TcpListener listener = new(IPAddress.Loopback, 0);
        listener.Start();
        TcpClient client = new() { NoDelay = true };
        await client.ConnectAsync((IPEndPoint)listener.LocalEndpoint);
        TcpClient server = await listener.AcceptTcpClientAsync();
        server.NoDelay = true;
        return (client.GetStream(), server.GetStream());
    }

    private static X509Context Context(string spiffeId)
    {
        X509Svid svid = Svid(spiffeId);
        return new X509Context(svid, [svid.Bundle]);
    }

    private static X509Svid Svid(string spiffeId)
    {
        IssuedSvid issued = s_authority.Issue(spiffeId);
        SpiffeBundle bundle = new(TrustDomain.Parse("example.org"), [s_authority.Certificate]);
        return X509Svid.FromDer(SpiffeId.Parse(spiffeId), "", isDefault: true, issued.Der, issued.Pkcs8Key, bundle, []);
    }
}
