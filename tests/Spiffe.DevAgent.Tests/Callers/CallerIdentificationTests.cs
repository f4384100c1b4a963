extern alias agent;

using System.Net;
using System.Net.Sockets;
using agent::Spiffe.DevAgent;
using Grpc.Core;

namespace Spiffe.Tests.Callers;

public sealed class CallerIdentificationTests : IDisposable
{
    private readonly DirectoryInfo _folder = Directory.CreateTempSubdirectory("spiffe-test-");

    public void Dispose() => _folder.Delete(recursive: true);

    [Fact]
    [Trait("Clause", "E-13")]
    public async Task The_kernel_names_the_process_and_the_user_at_the_other_end()
    {
        Assert.SkipUnless(OperatingSystem.IsLinux(), "Peer credentials are read on Linux only.");
        string path = Path.Combine(_folder.FullName, "agent.sock");
        using Socket listener = new(AddressFamily.Unix, SocketType.Stream, ProtocolType.Unspecified);
        listener.Bind(new UnixDomainSocketEndPoint(path));
        listener.Listen();
        using Socket client = new(AddressFamily.Unix, SocketType.Stream, ProtocolType.Unspecified);
        await client.ConnectAsync(new UnixDomainSocketEndPoint(path), TestContext.Current.CancellationToken);
        using Socket accepted = await listener.AcceptAsync(TestContext.Current.CancellationToken);

        Caller caller = CallerIdentification.Identify(accepted);

        Assert.Equal(Environment.ProcessId, caller.ProcessId);
        Assert.Equal(Environment.UserName, caller.UserName);
    }

    [Fact]
    [Trait("Clause", "E-3")]
    public async Task A_caller_over_TCP_is_nobody()
    {
        using TcpListener listener = new(IPAddress.Loopback, port: 0);
        listener.Start();
        using TcpClient client = new();
        await client.ConnectAsync((IPEndPoint)listener.LocalEndpoint, TestContext.Current.CancellationToken);
        using Socket accepted = await listener.AcceptSocketAsync(TestContext.Current.CancellationToken);

        Assert.Equal(StatusCode.Unavailable, Refuse(accepted));
        Assert.Equal(StatusCode.Unavailable, Refuse(socket: null));
    }

    private static StatusCode Refuse(Socket? socket) =>
        Assert.Throws<RpcException>(() => CallerIdentification.Identify(socket)).StatusCode;
}
