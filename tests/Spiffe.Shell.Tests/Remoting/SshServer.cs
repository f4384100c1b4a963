using System.Diagnostics;
using System.Net;
using System.Net.Sockets;
using Spiffe.Testing;

namespace Spiffe.Tests.Remoting;

/// <summary>OpenSSH on a loopback port, with the build's PowerShell as its subsystem and a key that admits this account.</summary>
internal sealed class SshServer : IDisposable
{
    public const string Program = "/usr/sbin/sshd";

    // OpenSSH insists on it when started as root, and leaves it to the init system to create it.
    private const string EmptyFolder = "/run/sshd";

    private readonly TemporaryFolder _folder;
    private readonly Process _process;

    private SshServer(TemporaryFolder folder, int port)
    {
        _folder = folder;
        Port = port;
        string configuration = folder.Write("sshd_config", $"""
            Port {port}
            ListenAddress 127.0.0.1
            HostKey {folder.Path}/host
            PidFile none
            AuthorizedKeysFile {Key}.pub
            PasswordAuthentication no
            KbdInteractiveAuthentication no
            UsePAM no
            StrictModes no
            Subsystem powershell {PowerShellRun.Program} -sshs -NoLogo -NoProfile

            """);
        _process = Process.Start(Program, ["-D", "-q", "-f", configuration]);
    }

    public int Port { get; }

    /// <summary>The file of the private key that the server accepts.</summary>
    public string Key => Path.Combine(_folder.Path, "user");

    /// <summary>A file for the server's own key, so that this account's list of hosts stays as it is.</summary>
    public string KnownHosts => Path.Combine(_folder.Path, "known");

    public static async Task<SshServer> StartAsync(CancellationToken cancellationToken)
    {
        if (Environment.IsPrivilegedProcess)
        {
            Directory.CreateDirectory(EmptyFolder);
        }

        TemporaryFolder folder = new();
        foreach (string key in (string[])["host", "user"])
        {
            ProcessRun run = await ProcessRun.StartAsync(
                "ssh-keygen", ["-q", "-t", "ed25519", "-N", "", "-f", Path.Combine(folder.Path, key)], cancellationToken);
            Assert.True(run.ExitCode == 0, run.Errors);
        }

        SshServer server = new(folder, FindFreePort());
        await Eventually.TrueAsync(server.IsListening, cancellationToken);
        return server;
    }

    public void Dispose()
    {
        _process.Kill(entireProcessTree: true);
        _process.WaitForExit();
        _process.Dispose();
        _folder.Dispose();
    }

    private static int FindFreePort()
    {
        using TcpListener listener = new(IPAddress.Loopback, 0);
        listener.Start();
        return ((IPEndPoint)listener.LocalEndpoint).Port;
    }

    private bool IsListening()
    {
        Assert.False(_process.HasExited, "sshd has ended");
        try
        {
            using TcpClient client = new("127.0.0.1", Port);
            return true;
        }
        catch (SocketException)
        {
            return false;
        }
    }
}
