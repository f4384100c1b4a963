using System.Diagnostics;
using System.Net;
using System.Net.Security;
using System.Net.Sockets;
using System.Security.Cryptography.X509Certificates;
using System.Text;
using Spiffe.Testing;

namespace Spiffe.Tests.Files;

/// <summary>The script of the how-to, with a real nginx.</summary>
public sealed class NginxTests : IDisposable
{
    private const string Nginx = "/usr/sbin/nginx";
    private const int Renewals = 4;

    private readonly TemporaryFolder _folder = new();
    private readonly int _port = FindFreePort();

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    public void Dispose() => _folder.Dispose();

    [Fact]
    public async Task Clients_are_served_before_during_and_after_renewals()
    {
        Assert.SkipUnless(File.Exists(Nginx), "needs nginx");
        string svids = Directory.CreateDirectory(Path.Combine(_folder.Path, "svid")).FullName;
        string configuration = _folder.Write("nginx.conf", Configuration());
        string script = _folder.Write("keep-nginx.ps1", HowTo.ReadScript("keep-nginx-supplied"));
        Task<ProcessRun> run = PowerShellRun.CommandAsync(
            $$"""
            $null = Start-SpiffeDevAgent -Entry @{ SpiffeId = 'spiffe://example.org/web'; Hint = 'web'; DnsName = 'localhost' } -SetEnvironment
            $global:renewals = 0
            $reload = {
                $arguments = if ($global:renewals++ -eq 0) { @() } else { '-s', 'reload' }
                & '{{Nginx}}' -p '{{_folder.Path}}' -c '{{configuration}}' -e error.log @arguments
                if ($global:renewals -eq {{Renewals}}) { throw 'enough' }
                [Threading.Thread]::Sleep(1000)
                Update-SpiffeDevAgent -Rotate Svid
            }
            $ErrorActionPreference = 'Stop'
            try { & '{{script}}' -Folder '{{svids}}' -Hint web -Reload $reload } catch { if ("$_" -notmatch 'enough') { throw } }
            [Threading.Thread]::Sleep(1000)
            Stop-SpiffeDevAgent
            """);
        try
        {
            await Eventually.TrueAsync(() => run.IsCompleted || File.Exists(Path.Combine(_folder.Path, "nginx.pid")), Token);
            HashSet<string> seen = [];
            int served = 0;
            while (!run.IsCompleted)
            {
                seen.Add(await ConnectAsync(svids));
                served++;
            }

            ProcessRun end = await run;
            Assert.True(end.ExitCode == 0, end.Output + end.Errors);
            Assert.True(seen.Count >= Renewals - 1, $"{served} connections saw {seen.Count} certificates. {end.Output}{end.Errors}");
        }
        finally
        {
            await StopNginxAsync();
        }
    }

    private static int FindFreePort()
    {
        using TcpListener listener = new(IPAddress.Loopback, 0);
        listener.Start();
        return ((IPEndPoint)listener.LocalEndpoint).Port;
    }

    private string Configuration() => $$"""
        daemon on;
        pid nginx.pid;
        error_log error.log;
        worker_processes 1;
        events { worker_connections 64; }
        http {
            access_log off;
            server {
                listen 127.0.0.1:{{_port}} ssl;
                ssl_certificate svid/svid.pem;
                ssl_certificate_key svid/svid_key.pem;
                location / { return 200 "served"; }
            }
        }
        """;

    /// <summary>A request over a connection of its own; gives the thumbprint of nginx's certificate.</summary>
    private async Task<string> ConnectAsync(string svids)
    {
        using TcpClient client = new();
        await client.ConnectAsync(IPAddress.Loopback, _port, Token);
        using SslStream stream = new(client.GetStream());
        X509Certificate2Collection authorities = [];
        authorities.ImportFromPemFile(Path.Combine(svids, "svid_bundle.pem"));
        X509ChainPolicy policy = new() { TrustMode = X509ChainTrustMode.CustomRootTrust, RevocationMode = X509RevocationMode.NoCheck };
        policy.CustomTrustStore.AddRange(authorities);
        await stream.AuthenticateAsClientAsync(
            new SslClientAuthenticationOptions { TargetHost = "localhost", CertificateChainPolicy = policy }, Token);
        await stream.WriteAsync("GET / HTTP/1.0\r\nHost: localhost\r\n\r\n"u8.ToArray(), Token);
        using StreamReader reader = new(stream, Encoding.ASCII);
        Assert.EndsWith("served", await reader.ReadToEndAsync(Token), StringComparison.Ordinal);
        return Assert.IsType<X509Certificate2>(stream.RemoteCertificate).Thumbprint;
    }

    private async Task StopNginxAsync()
    {
        string file = Path.Combine(_folder.Path, "nginx.pid");
        if (!File.Exists(file))
        {
            return;
        }

        int id = int.Parse(await File.ReadAllTextAsync(file, Token), System.Globalization.CultureInfo.InvariantCulture);
        using Process nginx = Process.GetProcessById(id);
        nginx.Kill(entireProcessTree: true);
        await Eventually.TrueAsync(() => OtherProcess.HasEnded(id), Token);
    }
}
