using System.Diagnostics;
using System.Net;
using System.Net.Sockets;
using System.Runtime.Versioning;
using Spiffe.Testing;

namespace Spiffe.Tests.Helper;

/// <summary>A real PostgreSQL under Invoke-SpiffeHelper, which asks its clients for certificates.</summary>
[UnsupportedOSPlatform("windows")]
public sealed class HelperPostgresTests : HelperTest
{
    private const string Programs = "/usr/lib/postgresql";
    private const string Account = "postgres";
    private const int Renewals = 4;

    private readonly int _port = FindFreePort();

    private static string? Bin => Directory.Exists(Programs)
        ? Directory.GetDirectories(Programs).Order().Select(folder => Path.Combine(folder, "bin")).LastOrDefault(bin => File.Exists(Path.Combine(bin, "initdb")))
        : null;

    [Fact]
    public async Task Client_certificates_are_accepted_before_and_after_each_renewal()
    {
        Assert.SkipWhen(Bin is null, "needs PostgreSQL");
        Assert.SkipUnless(Environment.UserName == "root" && File.Exists("/usr/bin/setpriv"), "needs root, to run it as another account");
        Pause = TimeSpan.FromSeconds(2);
        string certs = await PrepareAsync();
        string configuration = Configure($"""
            cmd = "setpriv"
            cmd_args = "--reuid={Account} --regid={Account} --init-groups {Bin}/postgres -D {PathOf("data")}"
            renew_signal = "SIGHUP"
            key_file_mode = 0640
            """, certs);
        using Process helper = Start($"Set-Location '{Folder.Path}'; Invoke-SpiffeHelper -ConfigPath '{configuration}' | Out-Null");
        try
        {
            await Eventually.TrueAsync(() => helper.HasExited || IsReady(), Token);
            HashSet<string> served = [];
            int end = Sent + Renewals;
            while (Sent < end)
            {
                served.Add(await AskAsync(certs));
            }

            Assert.DoesNotContain(string.Empty, served);
            Assert.True(served.Count > 1, "It never presented a new certificate.");
            await SignalAsync(helper, "TERM");
            await helper.WaitForExitAsync(Token);
            Assert.False(CanConnect(), "PostgreSQL goes on.");
        }
        finally
        {
            helper.Kill(entireProcessTree: true);
        }
    }

    private static int FindFreePort()
    {
        using TcpListener listener = new(IPAddress.Loopback, 0);
        listener.Start();
        return ((IPEndPoint)listener.LocalEndpoint).Port;
    }

    /// <summary>A database, and a folder whose files belong to PostgreSQL's group.</summary>
    private async Task<string> PrepareAsync()
    {
        string certs = Directory.CreateDirectory(PathOf("certs")).FullName;
        await RunAsync("chmod", "0755", Folder.Path);
        await RunAsync("install", "-d", "-o", Account, "-g", Account, "-m", "0700", PathOf("data"));
        await RunAsync("chgrp", Account, certs);
        await RunAsync("chmod", "2750", certs);
        await RunAsync("setpriv", $"--reuid={Account}", $"--regid={Account}", "--init-groups", $"{Bin}/initdb", "-D", PathOf("data"), "-A", "trust", "--no-sync");
        await File.AppendAllTextAsync(PathOf("data/postgresql.conf"), $"""

            port = {_port}
            listen_addresses = '127.0.0.1'
            unix_socket_directories = ''
            fsync = off
            ssl = on
            ssl_cert_file = '{certs}/svid.pem'
            ssl_key_file = '{certs}/svid_key.pem'
            ssl_ca_file = '{certs}/svid_bundle.pem'

            """, Token);
        await File.WriteAllTextAsync(PathOf("data/pg_hba.conf"), "hostssl all all 127.0.0.1/32 trust clientcert=verify-ca\n", Token);
        return certs;
    }

    /// <summary>Whether queries are answered; PostgreSQL listens before that, and says in this file when it is ready.</summary>
    private bool IsReady()
    {
        string state = PathOf("data/postmaster.pid");
        return File.Exists(state) && File.ReadAllText(state).Contains("ready", StringComparison.Ordinal);
    }

    private bool CanConnect()
    {
        try
        {
            using TcpClient client = new("127.0.0.1", _port);
            return true;
        }
        catch (SocketException)
        {
            return false;
        }
    }

    /// <summary>A query over a connection of its own; gives the serial number of the certificate that was accepted from the client.</summary>
    private async Task<string> AskAsync(string certs)
    {
        // One generation: psql opens three files, and a renewal may come in between.
        string files = Directory.ResolveLinkTarget(Path.Combine(certs, ".spiffe-helper"), returnFinalTarget: true)!.FullName;
        string connection =
            $"host=127.0.0.1 port={_port} user={Account} dbname=postgres sslmode=verify-ca sslrootcert={files}/svid_bundle.pem " +
            $"sslcert={files}/svid.pem sslkey={files}/svid_key.pem";
        ProcessRun run = await ProcessRun.StartAsync(
            $"{Bin}/psql", ["-XAt", connection, "-c", "select client_serial from pg_stat_ssl where pid = pg_backend_pid()"], Token);
        Assert.True(run.ExitCode == 0, run.Errors);
        return run.Output.Trim();
    }

    private static async Task RunAsync(string program, params string[] arguments)
    {
        ProcessRun run = await ProcessRun.StartAsync(program, arguments, Token);
        Assert.True(run.ExitCode == 0, $"{program}: {run.Output}{run.Errors}");
    }
}
