using System.Collections.Concurrent;
using System.Net;
using System.Net.Security;
using System.Net.Sockets;
using System.Security.Authentication;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using System.Text;

namespace Spiffe.Testing;

/// <summary>An HTTPS server on loopback that sends what a test tells it, byte for byte, and then hangs up.</summary>
public sealed class ScriptedBundleEndpoint : IAsyncDisposable
{
    private readonly TcpListener _listener = new(IPAddress.Loopback, port: 0);
    private readonly CancellationTokenSource _stop = new();
    private readonly Task _serving;

    private ScriptedBundleEndpoint(IssuedSvid certificate)
    {
        Certificate = certificate;
        _listener.Start();
        _serving = ServeAsync();
    }

    /// <summary>What it shows from the next connection on.</summary>
    public IssuedSvid Certificate { get; set; }

    /// <summary>What it sends for a request; told the request's head.</summary>
    public Func<string, Stream, CancellationToken, Task> Answer { get; set; } = Send("404 Not Found", "");

    /// <summary>The heads of all requests so far.</summary>
    public ConcurrentQueue<string> Requests { get; } = new();

    public int Port => ((IPEndPoint)_listener.LocalEndpoint).Port;

    public string Url => $"https://localhost:{Port}/";

    public static ScriptedBundleEndpoint Start(IssuedSvid certificate) => new(certificate);

    /// <summary>A whole response; header lines end with a line break each.</summary>
    public static Func<string, Stream, CancellationToken, Task> Send(string status, string body, string headers = "") =>
        Send(status, Encoding.UTF8.GetBytes(body), headers);

    public static Func<string, Stream, CancellationToken, Task> Send(string status, byte[] body, string headers = "") =>
        SendRaw([.. Encoding.ASCII.GetBytes($"HTTP/1.1 {status}\r\nContent-Length: {body.Length}\r\n{headers}\r\n"), .. body]);

    /// <summary>A document, with the status 200.</summary>
    public static Func<string, Stream, CancellationToken, Task> Serve(SpiffeDocument document) =>
        Send("200 OK", document.Json, "Content-Type: application/json\r\n");

    public static Func<string, Stream, CancellationToken, Task> Redirect(string location, string status = "302 Found") =>
        Send(status, "", $"Location: {location}\r\n");

    /// <summary>Any bytes at all.</summary>
    public static Func<string, Stream, CancellationToken, Task> SendRaw(byte[] bytes) =>
        (_, stream, token) => stream.WriteAsync(bytes, token).AsTask();

    /// <summary>A body without an end.</summary>
    public static Func<string, Stream, CancellationToken, Task> SendEndlessly() => async (_, stream, token) =>
    {
        await stream.WriteAsync("HTTP/1.1 200 OK\r\nConnection: close\r\n\r\n{"u8.ToArray(), token);
        byte[] spaces = new byte[64 * 1024];
        spaces.AsSpan().Fill((byte)' ');
        while (true)
        {
            await stream.WriteAsync(spaces, token);
        }
    };

    public async ValueTask DisposeAsync()
    {
        await _stop.CancelAsync();
        await _serving;
        _listener.Stop();
        _listener.Dispose();
        _stop.Dispose();
    }

    private async Task ServeAsync()
    {
        List<Task> connections = [];
        try
        {
            while (true)
            {
                connections.Add(ServeAsync(await _listener.AcceptSocketAsync(_stop.Token)));
            }
        }
        catch (OperationCanceledException)
        {
            await Task.WhenAll(connections);
        }
    }

    private async Task ServeAsync(Socket socket)
    {
        using SslStream stream = new(new NetworkStream(socket, ownsSocket: true));
        try
        {
            await stream.AuthenticateAsServerAsync(CreateOptions(), _stop.Token);
            if (await ReadHeadAsync(stream) is { } head)
            {
                Requests.Enqueue(head);
                await Answer(head, stream, _stop.Token);
                await stream.ShutdownAsync();
            }
        }
        catch (Exception exception) when (exception is IOException or AuthenticationException or OperationCanceledException
            or InvalidOperationException)
        {
            // The client has gone, as many tests want it to; or the test is over.
        }
    }

    private SslServerAuthenticationOptions CreateOptions()
    {
        using ECDsa key = ECDsa.Create();
        key.ImportPkcs8PrivateKey(Certificate.Pkcs8Key, out _);
        return new SslServerAuthenticationOptions
        {
            ServerCertificateContext = SslStreamCertificateContext.Create(
                Certificate.Leaf.CopyWithPrivateKey(key), [.. Certificate.Intermediates], offline: true),
        };
    }

    private async Task<string?> ReadHeadAsync(SslStream stream)
    {
        StringBuilder head = new();
        byte[] one = new byte[1];
        while (!head.ToString().EndsWith("\r\n\r\n", StringComparison.Ordinal))
        {
            if (await stream.ReadAsync(one, _stop.Token) == 0)
            {
                return null;
            }

            head.Append((char)one[0]);
        }

        return head.ToString();
    }
}
