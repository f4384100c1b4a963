extern alias agent;

using System.Diagnostics;
using System.Net;
using System.Net.Sockets;
using System.Security.Cryptography;
using agent::Spiffe.DevAgent;

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

        Caller caller = CallerIdentification.Identify(accepted)!;

        Assert.Equal(Environment.ProcessId, caller.ProcessId);
        Assert.Equal(Environment.UserName, caller.UserName);
        Assert.True(CallerIdentification.IsStillThere(caller));
        Assert.True(caller.Has($"unix:user:{Environment.UserName}"));
        Assert.True(caller.Has($"unix:uid:{caller.UserId}"));
        Assert.True(caller.Has($"unix:gid:{caller.GroupId}"));
        Assert.True(caller.Has($"unix:path:{Environment.ProcessPath}"));
        string hash = Convert.ToHexStringLower(SHA256.HashData(
            await File.ReadAllBytesAsync(Environment.ProcessPath!, TestContext.Current.CancellationToken)));
        Assert.True(caller.Has($"unix:sha256:{hash}"));
        Assert.False(caller.Has($"unix:sha256:{hash[1..]}0"));
        Assert.False(caller.Has("unix:uid:4711"));
    }

    [Fact]
    public async Task A_process_that_is_gone_is_nobody()
    {
        Assert.SkipUnless(OperatingSystem.IsLinux(), "Peer credentials are read on Linux only.");
        using Process gone = Process.Start("true");
        await gone.WaitForExitAsync(TestContext.Current.CancellationToken);

        Assert.False(CallerIdentification.IsStillThere(new Caller(gone.Id, 0, 0, "root") { StartTime = "1" }));
    }

    [Fact]
    public void A_process_that_took_over_a_number_is_not_the_caller()
    {
        Assert.SkipUnless(OperatingSystem.IsLinux(), "Peer credentials are read on Linux only.");

        Assert.False(CallerIdentification.IsStillThere(new Caller(Environment.ProcessId, 0, 0, "root") { StartTime = "1" }));
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

        Assert.Null(CallerIdentification.Identify(accepted));
        Assert.Null(CallerIdentification.Identify(socket: null));
    }
}
