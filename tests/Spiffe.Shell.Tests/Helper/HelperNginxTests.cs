using System.Diagnostics;
using System.Net;
using System.Net.Security;
using System.Net.Sockets;
using System.Runtime.Versioning;
using System.Security.Cryptography.X509Certificates;
using System.Text;
using Spiffe.Testing;

namespace Spiffe.Tests.Helper;

/// <summary>A real nginx under Invoke-SpiffeHelper, as the guide has it.</summary>
[UnsupportedOSPlatform("windows")]
public sealed class HelperNginxTests : HelperTest
{
    private const string Nginx = "/usr/sbin/nginx";
    private const int Renewals = 20;

    private readonly int _port = FindFreePort();

    [Fact]
    public async Task No_connection_is_refused_over_twenty_renewals()
    {
        Assert.SkipUnless(File.Exists(Nginx), "needs nginx");
        Pause = TimeSpan.FromMilliseconds(400);
        Folder.Write("nginx.conf", NginxConfiguration());
        string configuration = Configure($"""
            cmd = "{Nginx}"
            cmd_args = "-p {Folder.Path} -c nginx.conf -e error.log -g \"daemon off;\""
            renew_signal = "SIGHUP"
            """);
        using Process helper = Start($"Invoke-SpiffeHelper -ConfigPath '{configuration}' | Out-Null");
        try
        {
            await Eventually.TrueAsync(() => helper.HasExited || CanConnect(), Token);
            HashSet<string> seen = [];
            int served = 0;
            int end = Sent + Renewals;
            while (Sent < end)
            {
                seen.Add(await ConnectAsync());
                served++;
            }

            Assert.Equal(Generations.Count, seen.Count);
            Assert.True(served > Renewals, $"{served} connections were served.");
            await SignalAsync(helper, "TERM");
            await helper.WaitForExitAsync(Token);
            Assert.Equal(0, helper.ExitCode);
            Assert.False(CanConnect(), "nginx goes on.");
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

    private string NginxConfiguration() => $$"""
        pid nginx.pid;
        error_log error.log;
        worker_processes 1;
        events { worker_connections 64; }
        http {
            access_log off;
            server {
                listen 127.0.0.1:{{_port}} ssl;
                ssl_certificate svid.pem;
                ssl_certificate_key svid_key.pem;
                location / { return 200 "served"; }
            }
        }
        """;

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

    /// <summary>A request over a connection of its own; gives the thumbprint of nginx's certificate.</summary>
    private async Task<string> ConnectAsync()
    {
        using TcpClient client = new();
        await client.ConnectAsync(IPAddress.Loopback, _port, Token);
        using SslStream stream = new(client.GetStream());
        X509Certificate2Collection authorities = [];
        authorities.ImportFromPemFile(PathOf("svid_bundle.pem"));
        X509ChainPolicy policy = new() { TrustMode = X509ChainTrustMode.CustomRootTrust, RevocationMode = X509RevocationMode.NoCheck };
        policy.CustomTrustStore.AddRange(authorities);
        await stream.AuthenticateAsClientAsync(
            new SslClientAuthenticationOptions { TargetHost = "localhost", CertificateChainPolicy = policy }, Token);
        await stream.WriteAsync("GET / HTTP/1.0\r\nHost: localhost\r\n\r\n"u8.ToArray(), Token);
        using StreamReader reader = new(stream, Encoding.ASCII);
        Assert.EndsWith("served", await reader.ReadToEndAsync(Token), StringComparison.Ordinal);
        return Assert.IsType<X509Certificate2>(stream.RemoteCertificate).Thumbprint;
    }
}
