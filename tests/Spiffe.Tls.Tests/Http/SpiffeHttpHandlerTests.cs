using System.Net;
using System.Net.Sockets;
using Microsoft.AspNetCore.Http;
using Spiffe.Protocol;
using Spiffe.Testing;
using Spiffe.Tls;

namespace Spiffe.Tests.Http;

public sealed class SpiffeHttpHandlerTests : SourceTest
{
    private static readonly X509Context s_web = Context(WebId);

    [Fact]
    public async Task A_loop_of_requests_uses_one_connection()
    {
        Feed.Send(Message());
        await using TlsWebServer server = await StartAsync();
        using HttpClient client = CreateClient(AllowWeb);

        for (int i = 0; i < 5; i++)
        {
            Assert.Equal("hello", await client.GetStringAsync(server.Address, Token));
        }

        Assert.Single(server.Requests.Select(request => request.Connection).Distinct());
    }

    [Fact]
    public async Task After_a_rotation_the_next_request_shows_the_new_SVID_on_a_new_connection()
    {
        X509SVIDResponse first = Message();
        X509SVIDResponse second = Message();
        Feed.Send(first);
        await using TlsWebServer server = await StartAsync();
        using HttpClient client = CreateClient(AllowWeb);

        await client.GetStringAsync(server.Address, Token);
        await RotateAsync(second);
        await client.GetStringAsync(server.Address, Token);

        Assert.Equal([ThumbprintOf(first), ThumbprintOf(second)], server.Requests.Select(request => request.Thumbprint));
        await Eventually.TrueAsync(() => server.OpenConnections == 1, Token);
    }

    [Theory]
    [InlineData("1.1")]
    [InlineData("2.0")]
    public async Task What_is_under_way_during_a_rotation_ends_in_peace(string version)
    {
        Feed.Send(Message());
        TaskCompletionSource isRotated = new(TaskCreationOptions.RunContinuationsAsynchronously);
        await using TlsWebServer server = await StartAsync(async context =>
        {
            await context.Response.WriteAsync("before, ");
            await isRotated.Task;
            await context.Response.WriteAsync("after");
        });
        using HttpClient client = CreateClient(AllowWeb);
        client.DefaultRequestVersion = Version.Parse(version);

        using HttpResponseMessage response =
            await client.GetAsync(server.Address, HttpCompletionOption.ResponseHeadersRead, Token);
        await RotateAsync(Message());
        isRotated.SetResult();

        Assert.Equal(version, response.Version.ToString());
        Assert.Equal("before, after", await response.Content.ReadAsStringAsync(Token));
    }

    [Fact]
    [Trait("Clause", "A-19")]
    public async Task A_withdrawn_identity_sends_no_request_and_its_idle_connections_are_closed()
    {
        Feed.Send(Message());
        await using TlsWebServer server = await StartAsync();
        using HttpClient client = CreateClient(AllowWeb);
        await client.GetStringAsync(server.Address, Token);

        Feed.Withdraw();
        await Eventually.TrueAsync(() => server.OpenConnections == 0, Token);
        SpiffeException refusal = await Assert.ThrowsAsync<SpiffeException>(() => client.GetStringAsync(server.Address, Token));

        Assert.Equal(SpiffeErrorReason.NoIdentityIssued, refusal.Reason);
        Assert.Single(server.Requests);
    }

    [Fact]
    [Trait("Clause", "A-21")]
    public async Task A_connection_to_a_trust_domain_whose_bundle_was_taken_away_is_not_used_again()
    {
        Feed.Send(Message(Foreign));
        X509Context foreign = Context("spiffe://other.org/web", Foreign, BundleOf(Authority));
        await using TlsWebServer server = await TlsWebServer.StartAsync(
            () => TlsHandshake.CreateServerOptions(foreign, PeerRule.AllowAny, options: null));
        using HttpClient client = CreateClient(PeerRule.AllowAny);
        await client.GetStringAsync(server.Address, Token);

        await RotateAsync(Message());
        SpiffeException refusal = await Assert.ThrowsAsync<SpiffeException>(() => client.GetStringAsync(server.Address, Token));

        Assert.Equal(SpiffeErrorReason.PeerNotTrusted, refusal.Reason);
        Assert.Single(server.Requests);
    }

    [Fact]
    public async Task A_server_that_the_rule_does_not_allow_gets_no_request()
    {
        Feed.Send(Message());
        await using TlsWebServer server = await StartAsync();
        using HttpClient client = CreateClient(AllowShop);

        SpiffeException refusal = await Assert.ThrowsAsync<SpiffeException>(() => client.GetStringAsync(server.Address, Token));

        Assert.Equal(SpiffeErrorReason.PeerNotAuthorized, refusal.Reason);
        Assert.Empty(server.Requests);
    }

    [Fact]
    public async Task A_server_that_does_not_allow_this_side_makes_a_failed_handshake_of_it()
    {
        Feed.Send(Message());
        await using TlsWebServer server = await TlsWebServer.StartAsync(
            () => TlsHandshake.CreateServerOptions(s_web, AllowWeb, options: null));
        using HttpClient client = CreateClient(AllowWeb);

        SpiffeException refusal = await Assert.ThrowsAsync<SpiffeException>(() => client.GetStringAsync(server.Address, Token));

        Assert.Equal(SpiffeErrorReason.TlsHandshakeFailed, refusal.Reason);
        Assert.Contains(ShopId, refusal.Message, StringComparison.Ordinal);
        Assert.Empty(server.Requests);
    }

    [Fact]
    public async Task A_server_that_resets_the_connection_behind_the_handshake_makes_a_failed_handshake_of_it()
    {
        Feed.Send(Message());
        using TcpListener listener = new(IPAddress.Loopback, 0);
        listener.Start();
        Task resetting = Task.Run(
            async () =>
            {
                using TcpClient connection = await listener.AcceptTcpClientAsync(Token);
                TlsConnection made = await TlsHandshake.AcceptAsync(
                    connection.GetStream(), s_web, AllowShop, options: null, Token);

                // The request is here. Closing a socket that does not linger resets the connection.
                await made.Stream.ReadExactlyAsync(new byte[1], Token);
                connection.LingerState = new LingerOption(enable: true, seconds: 0);
            },
            Token);
        using HttpClient client = CreateClient(AllowWeb);

        SpiffeException refusal =
            await Assert.ThrowsAsync<SpiffeException>(() => client.GetStringAsync($"https://{listener.LocalEndpoint}/", Token));

        Assert.Equal(SpiffeErrorReason.TlsHandshakeFailed, refusal.Reason);
        await resetting;
    }

    [Fact]
    public async Task HTTP_3_which_makes_its_own_connections_is_never_spoken()
    {
        Feed.Send(Message());
        await using TlsWebServer server = await StartAsync(context =>
        {
            context.Response.Headers.AltSvc = $"h3=\":{context.Connection.LocalPort}\"";
            return context.Response.WriteAsync(context.Request.Protocol);
        });
        using HttpClient client = CreateClient(AllowWeb);
        client.DefaultVersionPolicy = HttpVersionPolicy.RequestVersionOrHigher;

        Assert.Equal("HTTP/2", await client.GetStringAsync(server.Address, Token));
        Assert.Equal("HTTP/2", await client.GetStringAsync(server.Address, Token));
        using HttpRequestMessage request = new(HttpMethod.Get, server.Address) { Version = HttpVersion.Version30 };
        SpiffeException refusal = await Assert.ThrowsAsync<SpiffeException>(() => client.SendAsync(request, Token));
        Assert.Equal(SpiffeErrorReason.RequestInvalid, refusal.Reason);
    }

    [Fact]
    public async Task A_redirect_is_followed_to_a_peer_that_the_rule_allows_and_to_no_other()
    {
        Feed.Send(Message());
        await using TlsWebServer web = await StartAsync();
        X509Context shop = Context(ShopId);
        await using TlsWebServer other = await TlsWebServer.StartAsync(
            () => TlsHandshake.CreateServerOptions(shop, PeerRule.AllowAny, options: null));
        await using TlsWebServer first = await StartAsync(context =>
        {
            context.Response.Redirect((context.Request.Path == "/web" ? web : other).Address.ToString());
            return Task.CompletedTask;
        });
        using HttpClient client = CreateClient(AllowWeb);

        Assert.Equal("hello", await client.GetStringAsync(new Uri(first.Address, "/web"), Token));
        SpiffeException refusal =
            await Assert.ThrowsAsync<SpiffeException>(() => client.GetStringAsync(new Uri(first.Address, "/other"), Token));

        Assert.Equal(SpiffeErrorReason.PeerNotAuthorized, refusal.Reason);
        Assert.Empty(other.Requests);
    }

    [Fact]
    public async Task A_redirect_to_http_is_not_followed_and_http_is_not_asked()
    {
        Feed.Send(Message());
        await using TlsWebServer server = await StartAsync(context =>
        {
            context.Response.Redirect("http://127.0.0.1:1/");
            return Task.CompletedTask;
        });
        using HttpClient client = CreateClient(AllowWeb);

        using HttpResponseMessage response = await client.GetAsync(server.Address, Token);
        SpiffeException refusal =
            await Assert.ThrowsAsync<SpiffeException>(() => client.GetStringAsync("http://127.0.0.1:1/", Token));

        Assert.Equal(HttpStatusCode.Redirect, response.StatusCode);
        Assert.Equal(SpiffeErrorReason.PeerHasNoSvid, refusal.Reason);
    }

    [Fact]
    public async Task Both_versions_of_HTTP_and_Unix_sockets_are_spoken()
    {
        Feed.Send(Message());
        using TemporaryFolder folder = new();
        string path = Path.Combine(folder.Path, "web.sock");
        await using TlsWebServer server = await TlsWebServer.StartAsync(
            () => TlsHandshake.CreateServerOptions(s_web, AllowShop, options: null),
            context => context.Response.WriteAsync(context.Request.Protocol),
            path);
        using HttpClient client = new(new SpiffeHttpHandler(Source, AllowWeb, new SpiffeHttpOptions { UnixSocketPath = path }));

        Assert.Equal("HTTP/1.1", await client.GetStringAsync("https://web/", Token));
        using HttpRequestMessage request = new(HttpMethod.Get, "https://web/") { Version = HttpVersion.Version20 };
        using HttpResponseMessage response = await client.SendAsync(request, Token);
        Assert.Equal("HTTP/2", await response.Content.ReadAsStringAsync(Token));
    }

    [Fact]
    public async Task An_address_without_a_listener_is_reported()
    {
        Feed.Send(Message());
        using HttpClient client = CreateClient(AllowWeb);

        SpiffeException refusal =
            await Assert.ThrowsAsync<SpiffeException>(() => client.GetStringAsync("https://127.0.0.1:1/", Token));

        Assert.Equal(SpiffeErrorReason.PeerUnreachable, refusal.Reason);
    }

    private static Task<TlsWebServer> StartAsync(RequestDelegate? answer = null) =>
        TlsWebServer.StartAsync(() => TlsHandshake.CreateServerOptions(s_web, AllowShop, options: null), answer);

    private HttpClient CreateClient(PeerRule rule) => new(new SpiffeHttpHandler(Source, rule));

    private async Task RotateAsync(X509SVIDResponse message)
    {
        X509Context before = await Source.GetAsync(Token);
        Feed.Send(message);
        await Eventually.TrueAsync(() => before.Superseded.IsCancellationRequested, Token);
    }
}
