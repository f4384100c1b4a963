extern alias agent;

using System.Diagnostics;
using System.Net;
using System.Net.Sockets;
using agent::Spiffe.DevAgent;
using Spiffe.Testing;

namespace Spiffe.Tests.Callers;

/// <summary>Other processes at the far end of a loopback connection; bash opens one with nothing but its own means.</summary>
public sealed class TcpCallerTests : IDisposable
{
    private readonly TcpListener _listener = new(IPAddress.Loopback, port: 0);
    private readonly List<Process> _processes = [];

    public TcpCallerTests() => _listener.Start();

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    public void Dispose()
    {
        foreach (Process process in _processes)
        {
            process.Kill(entireProcessTree: true);
            process.Dispose();
        }

        _listener.Dispose();
    }

    [Fact]
    [Trait("Clause", "E-3")]
    public async Task A_process_is_found_by_the_socket_that_it_alone_holds()
    {
        (Process process, Caller? caller) = await ConnectAsync("exec 3<>/dev/tcp/127.0.0.1/$PORT; echo connected; read");

        Assert.Equal(process.Id, caller?.ProcessId);
        Assert.True(caller!.Has("unix:path:" + new FileInfo($"/proc/{process.Id}/exe").LinkTarget));
    }

    [Fact]
    [Trait("Clause", "E-3")]
    public async Task A_socket_that_two_processes_hold_names_neither()
    {
        (_, Caller? caller) = await ConnectAsync("exec 3<>/dev/tcp/127.0.0.1/$PORT; (sleep 600) & echo connected; read");

        Assert.Null(caller);
    }

    [Fact]
    [Trait("Clause", "E-3")]
    public async Task Another_user_is_named_as_such()
    {
        SkipUnlessRoot();

        (Process process, Caller? caller) = await ConnectAsync(
            "exec setpriv --reuid=65534 --regid=65534 --clear-groups bash -c 'exec 3<>/dev/tcp/127.0.0.1/$PORT; echo connected; read'");

        Assert.Equal(process.Id, caller?.ProcessId);
        Assert.True(caller!.Has("unix:uid:65534"));
        Assert.True(caller.Has("unix:gid:65534"));
    }

    [Fact]
    [Trait("Clause", "E-3")]
    public async Task A_process_that_no_longer_is_the_user_who_connected_is_unknown()
    {
        SkipUnlessRoot();

        (_, Caller? caller) = await ConnectAsync(
            "exec 3<>/dev/tcp/127.0.0.1/$PORT; " +
            "exec setpriv --reuid=65534 --regid=65534 --clear-groups bash -c 'echo connected; read'");

        Assert.Null(caller);
    }

    private static void SkipUnlessRoot() =>
        Assert.SkipUnless(ThisAccount.CoversOtherUsers, "needs root with CAP_SYS_PTRACE, to become other users and examine them");

    private async Task<(Process Process, Caller? Caller)> ConnectAsync(string script)
    {
        Assert.SkipUnless(OperatingSystem.IsLinux() && File.Exists("/bin/bash"), "needs Linux and bash");
        int port = ((IPEndPoint)_listener.LocalEndpoint).Port;
        Process process = Process.Start(
            new ProcessStartInfo("/bin/bash", ["-c", script])
            {
                RedirectStandardInput = true,
                RedirectStandardOutput = true,
                Environment = { ["PORT"] = port.ToString(provider: null) },
            })!;
        _processes.Add(process);
        using Socket accepted = await _listener.AcceptSocketAsync(Token);
        Assert.Equal("connected", await process.StandardOutput.ReadLineAsync(Token));
        return (process, await CallerIdentification.IdentifyAsync(accepted.RemoteEndPoint, accepted.LocalEndPoint, Token));
    }
}
