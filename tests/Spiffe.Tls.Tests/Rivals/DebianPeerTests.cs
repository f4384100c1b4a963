using System.Diagnostics;
using System.Net;
using System.Net.Sockets;
using System.Security.Cryptography;
using System.Text;
using Spiffe.Testing;
using Spiffe.Tls;

namespace Spiffe.Tests.Rivals;

/// <summary>Programs that know TLS and nothing of SPIFFE, as servers and as clients.</summary>
public sealed class DebianPeerTests : TlsTest, IDisposable
{
    private static readonly TestSigner s_root = TestSigner.CreateRoot();
    private static readonly TestSigner s_intermediate = s_root.IssueSigner("CN=Intermediate");
    private static readonly SpiffeBundle s_bundle = new(TrustDomain.Parse("example.org"), [s_root.Certificate]);

    private readonly TemporaryFolder _folder = new();
    private readonly List<Process> _servers = [];

    public DebianPeerTests()
    {
        TestSigner web = Issue(WebId);
        _folder.Write("web.pem", web.Certificate.ExportCertificatePem());
        _folder.Write("web-chain.pem", $"{web.Certificate.ExportCertificatePem()}\n{s_intermediate.Certificate.ExportCertificatePem()}\n");
        _folder.Write("web.key", PemEncoding.WriteString("PRIVATE KEY", web.Pkcs8Key));
        _folder.Write("root.pem", s_root.Certificate.ExportCertificatePem());
        _folder.Write("signer.pem", s_intermediate.Certificate.ExportCertificatePem());
    }

    public void Dispose()
    {
        foreach (Process server in _servers)
        {
            server.Kill(entireProcessTree: true);
            server.WaitForExit();
            server.Dispose();
        }

        _folder.Dispose();
    }

    [Theory]
    [InlineData("-tls1_2")]
    [InlineData("-tls1_3")]
    public async Task Openssl_s_server_that_requires_a_certificate_answers(string version)
    {
        int port = StartOpenssl(version, "-cert_chain", "web-chain.pem");
        using HttpClient client = CreateClient(AllowWeb);

        string page = await RetryAsync(() => client.GetStringAsync($"https://127.0.0.1:{port}/", Token));

        Assert.Contains("s_server", page, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Openssl_s_server_without_its_intermediate_is_not_trusted()
    {
        int port = StartOpenssl();
        using HttpClient client = CreateClient(AllowWeb);

        SpiffeException refusal = await Assert.ThrowsAsync<SpiffeException>(
            () => RetryAsync(() => client.GetStringAsync($"https://127.0.0.1:{port}/", Token)));

        Assert.Equal(SpiffeErrorReason.PeerNotTrusted, refusal.Reason);
    }

    [Theory]
    [InlineData("web-chain.pem", null)]
    [InlineData("web.pem", SpiffeErrorReason.PeerNotTrusted)]
    [InlineData(null, SpiffeErrorReason.PeerHasNoSvid)]
    public async Task Openssl_s_client_is_accepted_only_with_its_whole_chain(string? chain, SpiffeErrorReason? expected)
    {
        using TcpListener listener = Listen(out int port);
        string[] shown = chain is null ? [] : ["-cert", Path("web.pem"), "-key", Path("web.key"), "-cert_chain", Path(chain)];
        Task<ProcessRun> asking = ProcessRun.StartAsync(
            "openssl", ["s_client", "-connect", $"127.0.0.1:{port}", "-CAfile", Path("root.pem"), "-verify_return_error", .. shown], Token);

        SpiffeErrorReason? reason = await AcceptAsync(listener);

        Assert.Equal(expected, reason);
        Assert.Contains("Verify return code: 0 (ok)", (await asking).Output, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Curl_is_accepted_and_verifies_this_side()
    {
        Assert.SkipUnless(Exists("curl"), "curl is not installed.");
        using TcpListener listener = Listen(out int port);
        Task<ProcessRun> asking = ProcessRun.StartAsync(
            "curl",
            [
                "--silent", "--cacert", Path("root.pem"), "--cert", Path("web-chain.pem"), "--key", Path("web.key"),
                "--insecure", "--http1.1", $"https://127.0.0.1:{port}/",
            ],
            Token);

        Assert.Null(await AcceptAsync(listener, "HTTP/1.1 200 OK\r\nContent-Length: 5\r\nConnection: close\r\n\r\nhello"));
        Assert.Equal("hello", (await asking).Output);
    }

    [Theory]
    [InlineData("root.pem", "hello")]
    [InlineData("signer.pem", null)]
    public async Task Nginx_with_ssl_verify_client_is_asked(string clientAuthority, string? expected)
    {
        Assert.SkipUnless(Exists("nginx"), "nginx is not installed.");
        int port = FreePort();
        string configuration = _folder.Write(
            "nginx.conf",
            $$"""
            daemon off; master_process off; pid {{Path("nginx.pid")}}; error_log {{Path("error.log")}};
            events {}
            http {
              access_log off; client_body_temp_path {{Path("a")}}; proxy_temp_path {{Path("b")}}; fastcgi_temp_path {{Path("c")}};
              uwsgi_temp_path {{Path("d")}}; scgi_temp_path {{Path("e")}};
              server {
                listen 127.0.0.1:{{port}} ssl; ssl_certificate {{Path("web-chain.pem")}}; ssl_certificate_key {{Path("web.key")}};
                ssl_client_certificate {{Path(clientAuthority)}}; ssl_verify_client on; ssl_verify_depth 3;
                location / { return 200 hello; }
              }
            }
            """);
        Start("nginx", "-c", configuration, "-p", _folder.Path);
        using HttpClient client = CreateClient(AllowWeb);

        using HttpResponseMessage response = await RetryAsync(() => client.GetAsync($"https://127.0.0.1:{port}/", Token));

        // Nginx completes the handshake in any case and answers 400 to whom it does not trust.
        Assert.Equal(expected is null ? HttpStatusCode.BadRequest : HttpStatusCode.OK, response.StatusCode);
    }

    private static TestSigner Issue(string spiffeId) => s_intermediate.Issue("CN=Leaf", TestSigner.LeafExtensions(spiffeId));

    private static X509Context ShopContext()
    {
        TestSigner leaf = Issue(ShopId);
        return ContextOf(Svid(new IssuedSvid(leaf.Certificate, leaf.Pkcs8Key, [s_intermediate.Certificate]), ShopId, s_bundle));
    }

    private static HttpClient CreateClient(PeerRule rule)
    {
        X509Context context = ShopContext();
        return new HttpClient(new SpiffeHttpHandler(X509Source.Fixed(context.Svid, context.Bundles), rule));
    }

    private static bool Exists(string program) => (Environment.GetEnvironmentVariable("PATH") ?? string.Empty)
        .Split(':').Append("/usr/sbin").Any(folder => File.Exists(System.IO.Path.Combine(folder, program)));

    private static TcpListener Listen(out int port)
    {
        TcpListener listener = new(IPAddress.Loopback, 0);
        listener.Start();
        port = ((IPEndPoint)listener.LocalEndpoint).Port;
        return listener;
    }

    private static int FreePort()
    {
        using TcpListener listener = Listen(out int port);
        return port;
    }

    /// <summary>The server may not listen yet.</summary>
    private static async Task<T> RetryAsync<T>(Func<Task<T>> ask)
    {
        for (int attempt = 0; ; attempt++)
        {
            try
            {
                return await ask();
            }
            catch (SpiffeException exception) when (attempt < 100 && exception.Reason == SpiffeErrorReason.PeerUnreachable)
            {
                await Task.Delay(100, Token);
            }
        }
    }

    /// <summary>Serves one client; gives why it was refused, or null.</summary>
    private static async Task<SpiffeErrorReason?> AcceptAsync(TcpListener listener, string? answer = null)
    {
        using TcpClient client = await listener.AcceptTcpClientAsync(Token);
        try
        {
            await using TlsConnection connection =
                await TlsHandshake.AcceptAsync(client.GetStream(), ShopContext(), AllowWeb, options: null, Token);
            if (answer is not null)
            {
                await connection.Stream.ReadAtLeastAsync(new byte[1000], 1, throwOnEndOfStream: false, Token);
                await connection.Stream.WriteAsync(Encoding.ASCII.GetBytes(answer), Token);
            }

            await connection.Stream.ShutdownAsync();
            return null;
        }
        catch (SpiffeException exception)
        {
            return exception.Reason;
        }
    }

    private string Path(string name) => System.IO.Path.Combine(_folder.Path, name);

    private int StartOpenssl(params string[] arguments)
    {
        int port = FreePort();
        string[] placed = [.. arguments.Select(argument => argument.EndsWith(".pem", StringComparison.Ordinal) ? Path(argument) : argument)];
        Start(
            "openssl",
            [
                "s_server", "-accept", $"127.0.0.1:{port}", "-www", "-cert", Path("web.pem"), "-key", Path("web.key"),
                "-CAfile", Path("root.pem"), "-Verify", "3", "-verify_return_error", .. placed,
            ]);
        return port;
    }

    private void Start(string program, params string[] arguments)
    {
        Process process = Process.Start(new ProcessStartInfo(program, arguments)
        {
            RedirectStandardInput = true,
            RedirectStandardOutput = true,
            RedirectStandardError = true,
        })!;
        process.OutputDataReceived += (_, _) => { };
        process.ErrorDataReceived += (_, _) => { };
        process.BeginOutputReadLine();
        process.BeginErrorReadLine();
        _servers.Add(process);
    }
}
