using System.Net;
using System.Net.Sockets;
using Spiffe.Protocol;
using Spiffe.Testing;
using Spiffe.Tls;

namespace Spiffe.Tests.Tunnels;

public sealed class TunnelRotationTests : SourceTest
{
    private readonly TcpListener _server = new(IPAddress.Loopback, 0);
    private readonly X509Context _web = Context(WebId);
    private RunningTunnel? _tunnel;

    public override async ValueTask DisposeAsync()
    {
        await _tunnel!.DisposeAsync();
        _server.Dispose();
        await base.DisposeAsync();
    }

    [Fact]
    public async Task A_new_connection_presents_the_newest_SVID_and_an_open_one_continues()
    {
        X509SVIDResponse first = Message();
        Feed.Send(first);
        StartTunnel();
        using Socket oldClient = await DialAsync();
        await using TlsConnection old = await AcceptAsync();
        X509Context context = await Source.GetAsync(Token);

        X509SVIDResponse second = Message();
        Feed.Send(second);
        await Eventually.TrueAsync(() => context.Superseded.IsCancellationRequested, Token);
        using Socket newClient = await DialAsync();
        await using TlsConnection made = await AcceptAsync();

        Assert.Equal(ThumbprintOf(first), old.PeerChain[0].Thumbprint);
        Assert.Equal(ThumbprintOf(second), made.PeerChain[0].Thumbprint);
        await oldClient.SendAsync(new byte[3], Token);
        Assert.Equal(3, await old.Stream.ReadAtLeastAsync(new byte[3], 3, cancellationToken: Token));
    }

    [Fact]
    [Trait("Clause", "A-19")]
    public async Task An_identity_that_is_withdrawn_gets_no_new_connections()
    {
        Feed.Send(Message());
        StartTunnel();
        X509Context context = await Source.GetAsync(Token);
        Feed.Withdraw();
        await Eventually.TrueAsync(() => context.Superseded.IsCancellationRequested, Token);

        using Socket client = await DialAsync();
        TunnelConnection refused = await _tunnel!.ReadConnectionsAsync(Token).FirstAsync(Token);

        Assert.Equal((TunnelOutcome.Refused, "NoIdentityIssued"), (refused.Outcome, refused.ErrorId));
        Assert.False(_server.Pending());
    }

    [Fact]
    public async Task Connections_during_rotations_all_succeed()
    {
        Feed.Send(Message());
        StartTunnel();
        using CancellationTokenSource end = CancellationTokenSource.CreateLinkedTokenSource(Token);
        Task rotating = Task.Run(
            async () =>
            {
                while (!end.IsCancellationRequested)
                {
                    Feed.Send(Message());
                    await Task.Delay(20, Token);
                }
            },
            Token);

        for (int i = 0; i < 50; i++)
        {
            using Socket client = await DialAsync();
            await using TlsConnection peer = await AcceptAsync();
            await client.SendAsync(new byte[1], Token);
            Assert.Equal(1, await peer.Stream.ReadAsync(new byte[1], Token));
            await peer.Stream.WriteAsync(new byte[1], Token);
            await peer.Stream.ShutdownAsync();
            Assert.Equal(1, await client.ReceiveAsync(new byte[2], Token));
            client.Shutdown(SocketShutdown.Send);
            Assert.Equal(0, await peer.Stream.ReadAsync(new byte[1], Token));
        }

        await end.CancelAsync();
        await rotating;
        TunnelConnection[] connections = await _tunnel!.ReadConnectionsAsync(Token).Take(50).ToArrayAsync(Token);
        Assert.All(connections, connection => Assert.Equal(TunnelOutcome.Completed, connection.Outcome));
    }

    private void StartTunnel()
    {
        _server.Start();
        TunnelOptions options = new()
        {
            Mode = TunnelMode.Client,
            Listen = new IPEndPoint(IPAddress.Loopback, 0),
            Target = _server.LocalEndpoint,
            ReportsConnections = true,
        };
        _tunnel = RunningTunnel.Start(options, AllowWeb, Source.GetAsync);
    }

    private async Task<Socket> DialAsync()
    {
        Socket socket = new(SocketType.Stream, ProtocolType.Tcp);
        await socket.ConnectAsync(IPEndPoint.Parse(_tunnel!.Describe().Listen["tcp://".Length..]), Token);
        return socket;
    }

    private async Task<TlsConnection> AcceptAsync()
    {
        Socket socket = await _server.AcceptSocketAsync(Token);
        return await TlsHandshake.AcceptAsync(new NetworkStream(socket, ownsSocket: true), _web, AllowShop, options: null, Token);
    }
}
