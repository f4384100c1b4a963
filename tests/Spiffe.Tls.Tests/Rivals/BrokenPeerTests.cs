using System.Net.Sockets;
using Spiffe.Testing;
using Spiffe.Tls;

namespace Spiffe.Tests.Rivals;

/// <summary>Peers that speak something else, stop in the middle, or say nothing.</summary>
public sealed class BrokenPeerTests : TlsTest
{
    private static readonly TimeSpan s_patience = TimeSpan.FromSeconds(20);
    private static readonly TlsOptions s_short = new() { Timeout = TimeSpan.FromMilliseconds(300) };

    // A record of the kind handshake, TLS 1.2, of 100 bytes, of which 10 come.
    private static readonly byte[] s_truncated = [22, 3, 3, 0, 100, .. new byte[10]];

    public static TheoryData<string> Words => ["HTTP/1.1 400 Bad Request\r\n\r\n", "SSH-2.0-OpenSSH_9.2\r\n", "\0\0\0\0\0\0\0\0"];

    [Theory]
    [MemberData(nameof(Words))]
    public async Task A_server_without_TLS_is_refused(string words)
    {
        (NetworkStream client, NetworkStream server) = await OpenAsync();
        await server.WriteAsync(System.Text.Encoding.ASCII.GetBytes(words), Token);

        await AssertFailsAsync(TlsHandshake.ConnectAsync(client, Context(ShopId), AllowWeb, options: null, Token));
        await server.DisposeAsync();
    }

    [Theory]
    [InlineData("GET / HTTP/1.1\r\nHost: web\r\n\r\n")]
    [MemberData(nameof(Words))]
    public async Task A_client_without_TLS_is_refused(string words)
    {
        (NetworkStream client, NetworkStream server) = await OpenAsync();
        await client.WriteAsync(System.Text.Encoding.ASCII.GetBytes(words), Token);

        await AssertFailsAsync(TlsHandshake.AcceptAsync(server, Context(WebId), AllowShop, options: null, Token));
        await client.DisposeAsync();
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task A_handshake_that_breaks_off_fails(bool isServer)
    {
        (NetworkStream client, NetworkStream server) = await OpenAsync();
        NetworkStream rival = isServer ? server : client;
        await rival.WriteAsync(s_truncated, Token);
        rival.Socket.Shutdown(SocketShutdown.Send);

        await AssertFailsAsync(isServer
            ? TlsHandshake.ConnectAsync(client, Context(ShopId), AllowWeb, options: null, Token)
            : TlsHandshake.AcceptAsync(server, Context(WebId), AllowShop, options: null, Token));
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task A_silent_peer_is_given_up_when_its_time_is_over(bool isServer)
    {
        (NetworkStream client, NetworkStream server) = await OpenAsync();

        await AssertFailsAsync(isServer
            ? TlsHandshake.ConnectAsync(client, Context(ShopId), AllowWeb, s_short, Token)
            : TlsHandshake.AcceptAsync(server, Context(WebId), AllowShop, s_short, Token));
    }

    [Fact]
    public async Task Cancellation_ends_a_handshake_at_once_and_is_not_a_TLS_failure()
    {
        (NetworkStream client, NetworkStream _) = await OpenAsync();
        using CancellationTokenSource source = new();
        Task<TlsConnection> connecting = TlsHandshake.ConnectAsync(client, Context(ShopId), AllowWeb, options: null, source.Token);

        await source.CancelAsync();

        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => connecting.WaitAsync(s_patience, Token));
    }

    [Fact]
    public async Task Bytes_after_the_close_of_a_connection_are_not_read()
    {
        (NetworkStream client, NetworkStream server) = await OpenAsync();
        Task<TlsConnection> serving = TlsHandshake.AcceptAsync(server, Context(WebId), AllowShop, options: null, Token);
        await using TlsConnection connection = await TlsHandshake.ConnectAsync(client, Context(ShopId), AllowWeb, options: null, Token);
        TlsConnection served = await serving;
        await served.Stream.WriteAsync("last words"u8.ToArray(), Token);
        await served.Stream.ShutdownAsync();
        await server.WriteAsync("in the clear"u8.ToArray(), Token);
        server.Socket.Shutdown(SocketShutdown.Send);

        using StreamReader reader = new(connection.Stream);

        Assert.Equal("last words", await reader.ReadToEndAsync(Token));
        await served.DisposeAsync();
    }

    [Theory]
    [InlineData("-tls1_1")]
    [InlineData("-tls1")]
    public async Task A_client_of_an_older_version_is_refused(string version)
    {
        using TcpListener listener = new(System.Net.IPAddress.Loopback, 0);
        listener.Start();
        Task<ProcessRun> asking = ProcessRun.StartAsync(
            "openssl",
            ["s_client", "-connect", listener.LocalEndpoint.ToString()!, version, "-cipher", "DEFAULT@SECLEVEL=0"],
            Token);
        using TcpClient rival = await listener.AcceptTcpClientAsync(Token);

        await AssertFailsAsync(TlsHandshake.AcceptAsync(rival.GetStream(), Context(WebId), AllowShop, options: null, Token));
        Assert.NotEqual(0, (await asking).ExitCode);
    }

    private static async Task AssertFailsAsync(Task<TlsConnection> handshake)
    {
        SpiffeException failure = await Assert.ThrowsAsync<SpiffeException>(() => handshake.WaitAsync(s_patience, Token));

        Assert.Equal(SpiffeErrorReason.TlsHandshakeFailed, failure.Reason);
    }
}
