using System.Net;
using System.Net.Sockets;
using Spiffe.Tls;

namespace Spiffe.Tests.Tunnels;

/// <summary>Tunnels of this process, and plain sockets at both of their ends.</summary>
public abstract class TunnelTest : TlsTest, IAsyncLifetime
{
    private static readonly X509Context s_shop = Context(ShopId);
    private static readonly X509Context s_web = Context(WebId);

    private readonly List<IAsyncDisposable> _tunnels = [];

    /// <summary>Where tunnels lead to in the end.</summary>
    private protected TcpListener Target { get; } = new(IPAddress.Loopback, 0);

    private protected IPEndPoint TargetAddress => (IPEndPoint)Target.LocalEndpoint;

    public virtual ValueTask InitializeAsync()
    {
        Target.Start(2000);
        return ValueTask.CompletedTask;
    }

    public virtual async ValueTask DisposeAsync()
    {
        // The last one first, so that none of them speaks to one that is gone.
        foreach (IAsyncDisposable tunnel in Enumerable.Reverse(_tunnels))
        {
            await tunnel.DisposeAsync();
        }

        Target.Dispose();
        GC.SuppressFinalize(this);
    }

    private protected static TunnelOptions Options(TunnelMode mode, EndPoint target) => new()
    {
        Mode = mode,
        Listen = new IPEndPoint(IPAddress.Loopback, 0),
        Target = target,
        ReportsConnections = true,
    };

    private protected RunningTunnel Start(
        TunnelOptions options, PeerRule? rule = null, Func<CancellationToken, ValueTask<X509Context>>? getContext = null)
    {
        bool isClient = options.Mode == TunnelMode.Client;
        RunningTunnel tunnel = RunningTunnel.Start(
            options, rule ?? (isClient ? AllowWeb : AllowShop), getContext ?? (_ => ValueTask.FromResult(isClient ? s_shop : s_web)));
        _tunnels.Add(tunnel);
        return tunnel;
    }

    /// <summary>Plain, mutual TLS between two tunnels, plain to <see cref="Target"/>.</summary>
    private protected (RunningTunnel Client, RunningTunnel Server) StartPair()
    {
        RunningTunnel server = Start(Options(TunnelMode.Server, TargetAddress));
        return (Start(Options(TunnelMode.Client, AddressOf(server))), server);
    }

    private protected static IPEndPoint AddressOf(RunningTunnel tunnel) => IPEndPoint.Parse(tunnel.Describe().Listen["tcp://".Length..]);

    private protected static Task<Socket> DialAsync(RunningTunnel tunnel) => DialAsync(AddressOf(tunnel));

    private protected static async Task<Socket> DialAsync(EndPoint endPoint)
    {
        Socket socket = endPoint is UnixDomainSocketEndPoint
            ? new(AddressFamily.Unix, SocketType.Stream, ProtocolType.Unspecified)
            : new(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp) { NoDelay = true };
        await socket.ConnectAsync(endPoint, Token);
        return socket;
    }

    private protected static async Task<byte[]> ReadToEndAsync(Socket socket)
    {
        // Not through a NetworkStream: it takes no socket that has ended its own direction.
        using MemoryStream all = new();
        byte[] buffer = new byte[100_000];
        int count;
        while ((count = await socket.ReceiveAsync(buffer, Token)) > 0)
        {
            all.Write(buffer, 0, count);
        }

        return all.ToArray();
    }

    private protected static async Task<TunnelConnection> ReadOneAsync(RunningTunnel tunnel) => (await ReadAsync(tunnel, 1))[0];

    /// <summary>The first connections that end; no more can be read afterwards.</summary>
    private protected static async Task<TunnelConnection[]> ReadAsync(RunningTunnel tunnel, int count) =>
        await tunnel.ReadConnectionsAsync(Token).Take(count).ToArrayAsync(Token);

    private protected static Task AssertResetAsync(Socket socket) => AssertResetAsync(() => ReadSomeAsync(socket));

    /// <summary>Dials and is reset: so quickly, perhaps, that it is the dialling that fails.</summary>
    private protected static Task AssertResetAsync(RunningTunnel tunnel) => AssertResetAsync(async () =>
    {
        using Socket socket = await DialAsync(tunnel);
        await ReadSomeAsync(socket);
    });

    private static async Task AssertResetAsync(Func<Task> use)
    {
        SocketException exception = await Assert.ThrowsAsync<SocketException>(use);
        Assert.Equal(SocketError.ConnectionReset, exception.SocketErrorCode);
    }

    private protected static async Task<int> ReadSomeAsync(Socket socket) => await socket.ReceiveAsync(new byte[100], Token);
}
