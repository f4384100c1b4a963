extern alias agent;

using System.Diagnostics;
using System.Net;
using System.Net.Sockets;
using System.Security.Cryptography;
using agent::Spiffe.DevAgent;
using Spiffe.Testing;

namespace Spiffe.Tests.Callers;

public sealed class CallerIdentificationTests : IDisposable
{
    private readonly DirectoryInfo _folder = Directory.CreateTempSubdirectory("spiffe-test-");

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    public void Dispose() => _folder.Delete(recursive: true);

    [Fact]
    [Trait("Clause", "E-13")]
    public async Task The_kernel_names_the_process_and_the_user_at_the_other_end()
    {
        Assert.SkipUnless(OperatingSystem.IsLinux(), "Callers are identified on Linux only so far.");
        string path = Path.Combine(_folder.FullName, "agent.sock");
        using Socket listener = new(AddressFamily.Unix, SocketType.Stream, ProtocolType.Unspecified);
        listener.Bind(new UnixDomainSocketEndPoint(path));
        listener.Listen();
        using Socket client = new(AddressFamily.Unix, SocketType.Stream, ProtocolType.Unspecified);
        await client.ConnectAsync(new UnixDomainSocketEndPoint(path), Token);
        using Socket accepted = await listener.AcceptAsync(Token);

        await ExpectThisProcessAsync(CallerIdentification.Identify(accepted));
    }

    [Theory]
    [InlineData("127.0.0.1", AddressFamily.InterNetwork)]
    [InlineData("127.0.0.1", AddressFamily.InterNetworkV6)]
    [InlineData("127.1.2.3", AddressFamily.InterNetwork)]
    [InlineData("::1", AddressFamily.InterNetworkV6)]
    [Trait("Clause", "E-3")]
    [Trait("Clause", "E-13")]
    public async Task The_kernel_names_the_process_behind_a_loopback_port_too(string address, AddressFamily clientFamily)
    {
        Assert.SkipUnless(OperatingSystem.IsLinux(), "Callers over TCP are identified on Linux only.");
        Assert.SkipWhen(address == "::1" && !Loopback.HasIPv6, "This machine has no loopback address for IPv6.");
        Assert.SkipWhen(clientFamily == AddressFamily.InterNetworkV6 && !Socket.OSSupportsIPv6, "This machine has no IPv6.");
        using TcpListener listener = new(IPAddress.Parse(address), port: 0);
        listener.Start();
        using Socket client = new(clientFamily, SocketType.Stream, ProtocolType.Tcp);
        if (clientFamily == AddressFamily.InterNetworkV6)
        {
            client.DualMode = true;
        }

        await client.ConnectAsync(listener.LocalEndpoint, Token);
        using Socket accepted = await listener.AcceptSocketAsync(Token);

        await ExpectThisProcessAsync(
            await CallerIdentification.IdentifyAsync(accepted.RemoteEndPoint, accepted.LocalEndPoint, Token));
    }

    [Fact]
    [Trait("Clause", "E-3")]
    public async Task A_caller_that_closed_the_connection_or_never_had_one_is_unknown()
    {
        using TcpListener listener = new(IPAddress.Loopback, port: 0);
        listener.Start();
        Socket client = new(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp);
        await client.ConnectAsync(listener.LocalEndpoint, Token);
        using Socket accepted = await listener.AcceptSocketAsync(Token);
        EndPoint remote = accepted.RemoteEndPoint!;
        client.Dispose();

        Assert.Null(await CallerIdentification.IdentifyAsync(remote, accepted.LocalEndPoint, Token));
        Assert.Null(await CallerIdentification.IdentifyAsync(new IPEndPoint(IPAddress.Loopback, 1), accepted.LocalEndPoint, Token));
        Assert.Null(await CallerIdentification.IdentifyAsync(client: null, agent: null, Token));
        Assert.Null(CallerIdentification.Identify(accepted));
        Assert.Null(CallerIdentification.Identify(socket: null));
    }

    [Fact]
    public async Task A_process_that_is_gone_is_unknown()
    {
        using Process gone = Process.Start("true");
        await gone.WaitForExitAsync(Token);

        Assert.False(CallerIdentification.IsStillThere(new Caller(gone.Id, "root") { StartTime = "1" }));
        Assert.False(CallerIdentification.IsStillThere(new Caller(gone.Id, "root")));
    }

    [Fact]
    public void A_process_that_took_over_a_number_is_not_the_caller() =>
        Assert.False(CallerIdentification.IsStillThere(new Caller(Environment.ProcessId, "root") { StartTime = "1" }));

    private static async Task ExpectThisProcessAsync(Caller? caller)
    {
        Assert.NotNull(caller);
        Assert.Equal(Environment.ProcessId, caller.ProcessId);
        Assert.Equal(ThisAccount.Name, caller.UserName);
        Assert.True(CallerIdentification.IsStillThere(caller));
        Assert.True(caller.Has($"unix:user:{ThisAccount.Name}"));
        Assert.True(caller.Has($"unix:uid:{await RunAsync("id", "-u")}"));
        Assert.True(caller.Has($"unix:gid:{await RunAsync("id", "-g")}"));
        Assert.True(caller.Has($"unix:group:{await RunAsync("id", "-gn")}"));
        Assert.True(caller.Has($"unix:path:{Environment.ProcessPath}"));
        string hash = Convert.ToHexStringLower(SHA256.HashData(await File.ReadAllBytesAsync(Environment.ProcessPath!, Token)));
        Assert.True(caller.Has($"unix:sha256:{hash}"));
        Assert.False(caller.Has($"unix:sha256:{hash[1..]}0"));
        Assert.False(caller.Has($"windows:sha256:{hash}"));
        Assert.False(caller.Has("unix:uid:4711"));
    }

    private static async Task<string> RunAsync(string program, string argument)
    {
        using Process process = Process.Start(new ProcessStartInfo(program, [argument]) { RedirectStandardOutput = true })!;
        return (await process.StandardOutput.ReadToEndAsync(Token)).Trim();
    }
}
