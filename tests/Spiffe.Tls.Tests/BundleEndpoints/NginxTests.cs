using System.Diagnostics;
using System.Net;
using System.Net.Sockets;
using System.Security.Cryptography;
using Spiffe.Testing;
using Spiffe.Tls;

namespace Spiffe.Tests.BundleEndpoints;

/// <summary>A bundle that a real web server serves as a file.</summary>
public sealed class NginxTests : IDisposable
{
    private const string Nginx = "/usr/sbin/nginx";

    private static readonly TestAuthority s_authority = TestAuthority.Create("served.test");
    private static readonly TestAuthority s_webAuthority = TestAuthority.Create("web.invalid");

    private readonly TemporaryFolder _folder = new();
    private readonly int _port = FindFreePort();

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    public void Dispose() => _folder.Dispose();

    [Fact]
    [Trait("Clause", "F-8")]
    [Trait("Clause", "F-16")]
    public async Task A_file_is_fetched_asked_for_with_its_tag_and_followed_through_a_redirect()
    {
        Assert.SkipUnless(File.Exists(Nginx), "needs nginx");
        _folder.Write("bundle.json", new SpiffeDocument(s_authority) { SequenceNumber = 1 }.Json);
        WriteCertificate();
        string configuration = _folder.Write("nginx.conf", Configuration());
        using Process nginx = Process.Start(Nginx, ["-p", _folder.Path, "-c", configuration, "-e", "error.log"]);
        try
        {
            BundleFetch fetch = new(
                BundleEndpoint.ForHttpsWeb(
                    TrustDomain.Parse("served.test"), $"https://localhost:{_port}/moved", [s_webAuthority.Certificate]),
                () => null);
            await WaitAsync(fetch);
            SpiffeBundle first = await fetch.FetchAsync(Token);
            _folder.Write("next.json", new SpiffeDocument(s_authority, TestAuthority.Create("served.test")) { SequenceNumber = 2 }.Json);
            File.Move(Path.Combine(_folder.Path, "next.json"), Path.Combine(_folder.Path, "bundle.json"), overwrite: true);

            Assert.Equal(1UL, first.SequenceNumber);
            Assert.Equal(2, (await fetch.FetchAsync(Token)).X509Authorities.Count);
        }
        finally
        {
            nginx.Kill(entireProcessTree: true);
            await nginx.WaitForExitAsync(Token);
        }

        Assert.Contains(" 304 ", await File.ReadAllTextAsync(Path.Combine(_folder.Path, "access.log"), Token), StringComparison.Ordinal);
    }

    private static int FindFreePort()
    {
        using TcpListener listener = new(IPAddress.Loopback, port: 0);
        listener.Start();
        return ((IPEndPoint)listener.LocalEndpoint).Port;
    }

    /// <summary>Fetches until the server is up, and once more, so that it is asked for what is known already.</summary>
    private static async Task WaitAsync(BundleFetch fetch)
    {
        while (fetch.Latest is null)
        {
            try
            {
                await fetch.FetchAsync(Token);
            }
            catch (SpiffeException exception) when (exception.Reason == SpiffeErrorReason.PeerUnreachable)
            {
                await Task.Delay(50, Token);
            }
        }
    }

    private void WriteCertificate()
    {
        IssuedSvid issued = s_webAuthority.Issue(new LeafOptions { Uris = [], DnsNames = ["localhost"] });
        _folder.Write("web.pem", issued.Leaf.ExportCertificatePem());
        _folder.Write("web.key", PemEncoding.WriteString("PRIVATE KEY", issued.Pkcs8Key));
    }

    private string Configuration() => $$"""
        daemon off;
        user root root;
        pid nginx.pid;
        error_log error.log;
        worker_processes 1;
        events { worker_connections 64; }
        http {
            access_log access.log;
            server {
                listen 127.0.0.1:{{_port}} ssl;
                ssl_certificate web.pem;
                ssl_certificate_key web.key;
                root {{_folder.Path}};
                location /moved { return 302 https://localhost:{{_port}}/bundle.json; }
            }
        }
        """;
}
