using System.Net.Sockets;
using Spiffe.Tls;

namespace Spiffe.Tests.Tunnels;

public sealed class TunnelPeerTests : TunnelTest
{
    private static readonly TimeSpan s_brief = TimeSpan.FromSeconds(1);

    [Fact]
    public async Task A_client_that_the_rule_does_not_allow_never_reaches_the_target()
    {
        RunningTunnel tunnel = Start(Options(TunnelMode.Server, TargetAddress), AllowWeb);
        using Socket client = await DialAsync(tunnel);

        await using TlsConnection peer =
            await TlsHandshake.ConnectAsync(new NetworkStream(client), Context(ShopId), AllowWeb, options: null, Token);
        try
        {
            await peer.Stream.WriteAsync("secret"u8.ToArray(), Token);
        }
        catch (IOException)
        {
            // The refusal was quicker.
        }

        TunnelConnection connection = await ReadOneAsync(tunnel);
        Assert.Equal((TunnelOutcome.Refused, "PeerNotAuthorized", null), (connection.Outcome, connection.ErrorId, connection.PeerId));
        Assert.Contains(ShopId, connection.Message!, StringComparison.Ordinal);
        Assert.False(Target.Pending());
        Assert.Equal(1, tunnel.Describe().RefusedConnections);
        Assert.Equal(connection.Message, tunnel.Describe().LastError);
    }

    [Fact]
    public async Task A_server_that_the_rule_does_not_allow_gets_nothing_of_what_the_client_sends()
    {
        RunningTunnel tunnel = Start(Options(TunnelMode.Client, TargetAddress), AllowShop);
        using Socket client = await DialAsync(tunnel);
        await client.SendAsync("secret"u8.ToArray(), Token);
        await using NetworkStream server = new(await Target.AcceptSocketAsync(Token), ownsSocket: true);

        // With TLS 1.3 the server is done before the tunnel has judged.
        await using TlsConnection peer = await TlsHandshake.AcceptAsync(server, Context(WebId), AllowShop, options: null, Token);
        Assert.Equal(0, await peer.Stream.ReadAsync(new byte[1], Token));

        await AssertResetAsync(client);
        TunnelConnection connection = await ReadOneAsync(tunnel);
        Assert.Equal(
            (TunnelOutcome.Refused, "PeerNotAuthorized", null, 0),
            (connection.Outcome, connection.ErrorId, connection.PeerId, connection.BytesSent));
    }

    [Fact]
    public async Task A_server_that_refuses_this_side_is_a_refusal()
    {
        RunningTunnel server = Start(Options(TunnelMode.Server, TargetAddress), AllowWeb);
        RunningTunnel tunnel = Start(Options(TunnelMode.Client, AddressOf(server)));

        await AssertResetAsync(tunnel);

        TunnelConnection connection = await ReadOneAsync(tunnel);
        Assert.Equal((TunnelOutcome.Refused, "TlsHandshakeFailed"), (connection.Outcome, connection.ErrorId));
    }

    [Theory]
    [InlineData(TunnelMode.Client)]
    [InlineData(TunnelMode.Server)]
    public async Task An_empty_list_lets_no_peer_in(TunnelMode mode)
    {
        RunningTunnel server = Start(Options(TunnelMode.Server, TargetAddress), mode == TunnelMode.Server ? PeerRule.AllowSpiffeIds() : null);
        RunningTunnel client = Start(
            Options(TunnelMode.Client, AddressOf(server)), mode == TunnelMode.Client ? PeerRule.AllowTrustDomains() : null);

        await AssertResetAsync(client);

        TunnelConnection connection = await ReadOneAsync(mode == TunnelMode.Server ? server : client);
        Assert.Equal((TunnelOutcome.Refused, "PeerNotAuthorized"), (connection.Outcome, connection.ErrorId));
    }

    [Fact]
    public async Task A_client_that_says_nothing_is_given_up_and_holds_up_no_other()
    {
        RunningTunnel tunnel = Start(Options(TunnelMode.Server, TargetAddress) with { ConnectTimeout = TimeSpan.FromSeconds(3) });
        using Socket silent = await DialAsync(tunnel);
        using Socket spoken = await DialAsync(tunnel);
        await using TlsConnection peer =
            await TlsHandshake.ConnectAsync(new NetworkStream(spoken), Context(ShopId), AllowWeb, options: null, Token);
        using Socket target = await Target.AcceptSocketAsync(Token);

        TunnelConnection connection = await ReadOneAsync(tunnel);

        Assert.Equal((TunnelOutcome.Refused, "Timeout"), (connection.Outcome, connection.ErrorId));
        Assert.Equal(silent.LocalEndPoint!.ToString(), connection.Client);
        await peer.Stream.WriteAsync(new byte[1], Token);
        Assert.Equal(1, await ReadSomeAsync(target));
    }

    [Fact]
    public async Task A_server_that_says_nothing_is_given_up()
    {
        RunningTunnel tunnel = Start(Options(TunnelMode.Client, TargetAddress) with { ConnectTimeout = s_brief });

        await AssertResetAsync(tunnel);

        Assert.Equal("Timeout", (await ReadOneAsync(tunnel)).ErrorId);
    }

    [Theory]
    [InlineData("GET / HTTP/1.1\r\n\r\n")]
    [InlineData("\u0016\u0003\u0001")]
    public async Task What_is_no_TLS_never_reaches_the_target(string bytes)
    {
        RunningTunnel tunnel = Start(Options(TunnelMode.Server, TargetAddress));
        using Socket client = await DialAsync(tunnel);

        await client.SendAsync(System.Text.Encoding.Latin1.GetBytes(bytes), Token);
        client.Shutdown(SocketShutdown.Send);

        Assert.Equal("TlsHandshakeFailed", (await ReadOneAsync(tunnel)).ErrorId);
        Assert.False(Target.Pending());
    }

    [Fact]
    public async Task A_peer_that_is_cut_off_is_not_an_orderly_end()
    {
        RunningTunnel tunnel = Start(Options(TunnelMode.Server, TargetAddress));
        using Socket client = await DialAsync(tunnel);
        TlsConnection peer =
            await TlsHandshake.ConnectAsync(new NetworkStream(client), Context(ShopId), AllowWeb, options: null, Token);
        using Socket target = await Target.AcceptSocketAsync(Token);
        await peer.Stream.WriteAsync("half of"u8.ToArray(), Token);
        Assert.Equal(7, await ReadSomeAsync(target));

        // Below TLS: no close_notify goes out.
        client.Shutdown(SocketShutdown.Send);

        await AssertResetAsync(target);
        Assert.Equal(TunnelOutcome.Broken, (await ReadOneAsync(tunnel)).Outcome);
        await peer.DisposeAsync();
    }

    [Fact]
    public async Task A_target_that_does_not_listen_ends_the_connection_of_an_authorised_peer()
    {
        RunningTunnel tunnel = Start(Options(TunnelMode.Server, TargetAddress));
        Target.Stop();
        using Socket client = await DialAsync(tunnel);
        await using TlsConnection peer =
            await TlsHandshake.ConnectAsync(new NetworkStream(client), Context(ShopId), AllowWeb, options: null, Token);

        TunnelConnection connection = await ReadOneAsync(tunnel);

        Assert.Equal(
            (TunnelOutcome.Refused, "PeerUnreachable", ShopId), (connection.Outcome, connection.ErrorId, connection.PeerId?.ToString()));
    }
}
