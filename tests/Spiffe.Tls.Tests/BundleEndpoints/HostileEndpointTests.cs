using System.Net;
using System.Net.Sockets;
using System.Text;
using Spiffe.Testing;
using Spiffe.Tls;

namespace Spiffe.Tests.BundleEndpoints;

/// <summary>Answers that are none: each is an error, and the bundle that was known stays.</summary>
[Trait("Clause", "F-35")]
public sealed class HostileEndpointTests : BundleEndpointTest
{
    public static TheoryData<string, byte[]> Answers { get; } = new()
    {
        { "500", Response("500 Internal Server Error", new SpiffeDocument(Authority).Json) },
        { "404", Response("404 Not Found", new SpiffeDocument(Authority).Json) },
        { "203", Response("203 Non-Authoritative Information", new SpiffeDocument(Authority).Json) },
        { "204", "HTTP/1.1 204 No Content\r\n\r\n"u8.ToArray() },
        { "304 without a question", "HTTP/1.1 304 Not Modified\r\n\r\n"u8.ToArray() },
        { "no body", Response("200 OK", "") },
        { "truncated JSON", Response("200 OK", new SpiffeDocument(Authority).Json[..^5]) },
        { "truncated body", [.. "HTTP/1.1 200 OK\r\nContent-Length: 5000\r\n\r\n{\"keys\":[]}"u8] },
        { "no keys", Response("200 OK", "{}") },
        { "duplicate members", Response("200 OK", """{"keys":[],"keys":[]}""") },
        { "not UTF-8", [.. "HTTP/1.1 200 OK\r\nContent-Length: 14\r\n\r\n{\"keys\":[],\""u8, 0xff, (byte)'"'] },
        { "a web page", Response("200 OK", "<!DOCTYPE html><title>Sign in</title>") },
        { "5 MiB", Response("200 OK", """{"keys":[]}""" + new string(' ', 5 * 1024 * 1024)) },
        { "5 MiB without a length", [.. "HTTP/1.1 200 OK\r\n\r\n{\"keys\":[]}"u8, .. Encoding.ASCII.GetBytes(new string(' ', 5 * 1024 * 1024))] },
        { "not HTTP", "SSH-2.0-OpenSSH_9.2\r\n"u8.ToArray() },
        { "a redirect to nowhere", "HTTP/1.1 302 Found\r\nContent-Length: 0\r\n\r\n"u8.ToArray() },
        { "a redirect to a host without a name", Response("302 Found", "", "Location: //\r\n") },
        { "a redirect to half an address", Response("302 Found", "", "Location: http:\r\n") },
        { "a redirect to http", Response("301 Moved Permanently", "", "Location: http://localhost/\r\n") },
        { "a redirect with a user", Response("302 Found", "", "Location: https://user@localhost/\r\n") },
    };

    [Theory]
    [MemberData(nameof(Answers))]
    public async Task An_invalid_bundle_is_an_error_and_the_old_one_stays(string what, byte[] answer)
    {
        BundleFetch fetch = SpiffeFetch();
        if (!what.StartsWith("304", StringComparison.Ordinal))
        {
            Server.Answer = ScriptedBundleEndpoint.Serve(new SpiffeDocument(Authority) { SequenceNumber = 1 });
            await fetch.FetchAsync(Token);
        }

        SpiffeBundle? known = fetch.Latest;
        Server.Answer = ScriptedBundleEndpoint.SendRaw(answer);

        SpiffeException exception = await Assert.ThrowsAsync<SpiffeException>(() => fetch.FetchAsync(Token));

        Assert.Equal(SpiffeErrorReason.BundleEndpointFailed, exception.Reason);
        Assert.Same(known, fetch.Latest);
    }

    [Fact]
    public async Task A_body_without_an_end_is_cut_off()
    {
        Server.Answer = ScriptedBundleEndpoint.SendEndlessly();

        SpiffeException exception = await Assert.ThrowsAsync<SpiffeException>(() => SpiffeFetch().FetchAsync(Token));

        Assert.Equal(SpiffeErrorReason.BundleEndpointFailed, exception.Reason);
    }

    [Fact]
    public async Task A_server_that_says_nothing_ends_with_the_token()
    {
        Server.Answer = (_, _, token) => Task.Delay(Timeout.Infinite, token);
        using CancellationTokenSource source = CancellationTokenSource.CreateLinkedTokenSource(Token);
        Task<SpiffeBundle> fetch = SpiffeFetch().FetchAsync(source.Token);
        await Eventually.TrueAsync(() => !Server.Requests.IsEmpty, Token);

        await source.CancelAsync();

        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => fetch);
    }

    [Fact]
    public async Task An_address_without_a_listener_is_unreachable()
    {
        using TcpListener free = new(IPAddress.Loopback, port: 0);
        free.Start();
        int port = ((IPEndPoint)free.LocalEndpoint).Port;
        free.Stop();
        BundleFetch web = new(BundleEndpoint.ForHttpsWeb(Served, $"https://127.0.0.1:{port}/"), () => null);
        BundleFetch spiffe = new(
            BundleEndpoint.ForHttpsSpiffe(Served, $"https://127.0.0.1:{port}/", SpiffeId.Parse(EndpointId)), () => BundleOf(Authority));

        SpiffeException atWeb = await Assert.ThrowsAsync<SpiffeException>(() => web.FetchAsync(Token));
        SpiffeException atSpiffe = await Assert.ThrowsAsync<SpiffeException>(() => spiffe.FetchAsync(Token));

        Assert.Equal([SpiffeErrorReason.PeerUnreachable, SpiffeErrorReason.PeerUnreachable], [atWeb.Reason, atSpiffe.Reason]);
    }

    [Theory]
    [InlineData("")]
    [InlineData("HTTP/1.1 400 Bad Request\r\n\r\n")]
    public async Task A_server_that_breaks_off_before_it_is_authenticated_is_an_error_of_TLS(string words)
    {
        using TcpListener listener = new(IPAddress.Loopback, port: 0);
        listener.Start();
        string uri = $"https://127.0.0.1:{((IPEndPoint)listener.LocalEndpoint).Port}/";
        Task serving = ServeAsync(listener, Encoding.ASCII.GetBytes(words));
        BundleFetch web = new(BundleEndpoint.ForHttpsWeb(Served, uri), () => null);
        BundleFetch spiffe = new(BundleEndpoint.ForHttpsSpiffe(Served, uri, SpiffeId.Parse(EndpointId)), () => BundleOf(Authority));

        SpiffeException atWeb = await Assert.ThrowsAsync<SpiffeException>(() => web.FetchAsync(Token));
        SpiffeException atSpiffe = await Assert.ThrowsAsync<SpiffeException>(() => spiffe.FetchAsync(Token));
        await serving;

        Assert.Equal([SpiffeErrorReason.TlsHandshakeFailed, SpiffeErrorReason.TlsHandshakeFailed], [atWeb.Reason, atSpiffe.Reason]);

        static async Task ServeAsync(TcpListener listener, byte[] words)
        {
            for (int i = 0; i < 2; i++)
            {
                using TcpClient client = await listener.AcceptTcpClientAsync(Token);
                await client.GetStream().ReadAtLeastAsync(new byte[4096], minimumBytes: 1, cancellationToken: Token);
                await client.GetStream().WriteAsync(words, Token);
            }
        }
    }

    [Fact]
    public async Task A_certificate_that_has_expired_is_not_trusted()
    {
        Server.Certificate = Authority.Issue(new LeafOptions { Uris = [EndpointId], Lifetime = TimeSpan.FromSeconds(-1) });

        SpiffeException exception = await Assert.ThrowsAsync<SpiffeException>(() => SpiffeFetch().FetchAsync(Token));

        Assert.Equal(SpiffeErrorReason.PeerNotTrusted, exception.Reason);
    }

    private static byte[] Response(string status, string body, string headers = "") => Encoding.UTF8.GetBytes(
        $"HTTP/1.1 {status}\r\nContent-Length: {Encoding.UTF8.GetByteCount(body)}\r\n{headers}\r\n{body}");
}
