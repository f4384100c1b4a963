using System.Net;
using System.Net.Sockets;
using Spiffe.Testing;
using Spiffe.Tls;

namespace Spiffe.Tests.Tunnels;

public sealed class TunnelSocketTests : TunnelTest
{
    private readonly TemporaryFolder _folder = new();

    private string SocketPath => Path.Combine(_folder.Path, "tunnel.sock");

    public override async ValueTask DisposeAsync()
    {
        await base.DisposeAsync();
        _folder.Dispose();
    }

    [Fact]
    public async Task A_Unix_socket_is_for_its_owner_and_is_gone_after_the_tunnel()
    {
        RunningTunnel server = Start(Options(TunnelMode.Server, TargetAddress));
        RunningTunnel tunnel = Start(AtPath() with { Target = AddressOf(server) });

        Assert.Equal("unix://" + SocketPath, tunnel.Describe().Listen);
        AssertMode(UnixFileMode.UserRead | UnixFileMode.UserWrite);
        using Socket client = await DialAsync(new UnixDomainSocketEndPoint(SocketPath));
        using Socket target = await Target.AcceptSocketAsync(Token);
        await client.SendAsync(new byte[3], Token);
        client.Shutdown(SocketShutdown.Send);
        Assert.Equal(3, await ReadSomeAsync(target));
        Assert.Equal(0, await ReadSomeAsync(target));
        target.Shutdown(SocketShutdown.Send);
        Assert.Equal(0, await ReadSomeAsync(client));
        Assert.Equal((TunnelOutcome.Completed, ""), await ReadOneAsync(tunnel) is { } ended ? (ended.Outcome, ended.Client) : default);

        await tunnel.DisposeAsync();
        Assert.Empty(Directory.GetFileSystemEntries(_folder.Path));
    }

    [Fact]
    public void The_mode_of_the_socket_can_be_chosen()
    {
        Start(AtPath() with { SocketMode = UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.GroupRead | UnixFileMode.GroupWrite });

        AssertMode(UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.GroupRead | UnixFileMode.GroupWrite);
    }

    [Fact]
    public async Task A_target_may_be_a_Unix_socket()
    {
        using Socket listener = Bind();
        listener.Listen();
        RunningTunnel server = Start(Options(TunnelMode.Server, new UnixDomainSocketEndPoint(SocketPath)));
        RunningTunnel tunnel = Start(Options(TunnelMode.Client, AddressOf(server)));
        using Socket client = await DialAsync(tunnel);
        using Socket target = await listener.AcceptAsync(Token);

        await target.SendAsync(new byte[5], Token);

        Assert.Equal(5, await ReadSomeAsync(client));
    }

    [Fact]
    public async Task A_socket_that_a_process_left_behind_is_replaced()
    {
        string moved = Path.Combine(_folder.Path, "moved");
        using (Bind())
        {
            // .NET would remove the name of its socket.
            File.Move(SocketPath, moved);
        }

        File.Move(moved, SocketPath);

        Start(AtPath());

        using Socket client = await DialAsync(new UnixDomainSocketEndPoint(SocketPath));
        Assert.Single(Directory.GetFileSystemEntries(_folder.Path));
    }

    [Fact]
    public async Task A_socket_in_use_is_kept()
    {
        using Socket other = Bind();
        other.Listen();

        Assert.Equal(SpiffeErrorReason.TunnelFailed, Assert.Throws<SpiffeException>(() => Start(AtPath())).Reason);

        using Socket client = await DialAsync(new UnixDomainSocketEndPoint(SocketPath));
        Assert.Single(Directory.GetFileSystemEntries(_folder.Path));
    }

    [Fact]
    public void A_file_at_the_path_is_kept()
    {
        _folder.Write("tunnel.sock", "precious");

        Assert.Equal(SpiffeErrorReason.TunnelFailed, Assert.Throws<SpiffeException>(() => Start(AtPath())).Reason);

        Assert.Equal("precious", File.ReadAllText(SocketPath));
        Assert.Single(Directory.GetFileSystemEntries(_folder.Path));
    }

    [Fact]
    public async Task A_socket_that_took_the_place_of_the_tunnels_stays()
    {
        RunningTunnel tunnel = Start(AtPath());
        File.Delete(SocketPath);
        using Socket other = Bind();
        other.Listen();

        await tunnel.DisposeAsync();

        using Socket client = await DialAsync(new UnixDomainSocketEndPoint(SocketPath));
    }

    [Theory]
    [InlineData("203.0.113.1", 0)]
    [InlineData("127.0.0.1", 1)]
    public void An_address_where_it_cannot_listen_is_an_error(string address, int isTaken)
    {
        IPEndPoint endPoint = new(IPAddress.Parse(address), isTaken == 1 ? TargetAddress.Port : 0);

        SpiffeException fault = Assert.Throws<SpiffeException>(
            () => Start(Options(TunnelMode.Client, TargetAddress) with { Listen = endPoint }));

        Assert.Equal(SpiffeErrorReason.TunnelFailed, fault.Reason);
    }

    private TunnelOptions AtPath() =>
        Options(TunnelMode.Client, TargetAddress) with { Listen = new UnixDomainSocketEndPoint(SocketPath) };

    private Socket Bind()
    {
        Socket socket = new(AddressFamily.Unix, SocketType.Stream, ProtocolType.Unspecified);
        socket.Bind(new UnixDomainSocketEndPoint(SocketPath));
        return socket;
    }

    private void AssertMode(UnixFileMode expected)
    {
        if (!OperatingSystem.IsWindows())
        {
            Assert.Equal(expected, File.GetUnixFileMode(SocketPath));
        }
    }
}
