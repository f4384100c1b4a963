using System.Diagnostics;
using System.Net;
using System.Net.Security;
using System.Net.Sockets;

namespace Spiffe.Tls;

/// <summary>The kept connections that were made with one context, which has authenticated both sides of them.</summary>
/// <remarks>Once it is disposed of and its last request has its answer, idle connections are closed; a body that is still read is not cut off.</remarks>
internal sealed class ConnectionPool : IDisposable
{
    // Names are resolved anew and peers verified anew, also where neither side is ever rotated.
    private static readonly TimeSpan s_lifetime = TimeSpan.FromMinutes(5);

    private readonly Lock _lock = new();
    private readonly PeerRule _rule;
    private readonly SpiffeHttpOptions _options;
    private readonly HttpMessageInvoker _invoker;
    private int _requests;
    private bool _isDisposed;

    public ConnectionPool(X509Context context, PeerRule rule, SpiffeHttpOptions options)
    {
        Context = context;
        _rule = rule;
        _options = options;
        _invoker = new HttpMessageInvoker(new SocketsHttpHandler
        {
            // A proxy would be who the handshake is made with.
            UseProxy = false,
            UseCookies = false,
            AutomaticDecompression = DecompressionMethods.All,
            AllowAutoRedirect = options.MaximumRedirection > 0,
            MaxAutomaticRedirections = Math.Max(options.MaximumRedirection, 1),
            PooledConnectionLifetime = s_lifetime,
            ConnectCallback = ConnectAsync,
        });
    }

    public X509Context Context { get; }

    /// <summary>Counts a request in; false where the pool takes no more.</summary>
    public bool TryEnter()
    {
        lock (_lock)
        {
            if (_isDisposed)
            {
                return false;
            }

            _requests++;
            return true;
        }
    }

    /// <summary>Sends a request that was counted in, and counts it out.</summary>
    public async Task<HttpResponseMessage> SendAsync(HttpRequestMessage request, CancellationToken cancellationToken)
    {
        try
        {
            return await _invoker.SendAsync(request, cancellationToken).ConfigureAwait(false);
        }
        finally
        {
            lock (_lock)
            {
                _requests--;
                CloseIfUnused();
            }
        }
    }

    /// <summary>Takes no more requests.</summary>
    public void Dispose()
    {
        lock (_lock)
        {
            _isDisposed = true;
            CloseIfUnused();
        }
    }

    private void CloseIfUnused()
    {
        if (_isDisposed && _requests == 0)
        {
            _invoker.Dispose();
        }
    }

    private static SslApplicationProtocol[] ChooseProtocols(HttpRequestMessage request) =>
        request.Version.Major >= 2
            ? [SslApplicationProtocol.Http2, SslApplicationProtocol.Http11]
            : [SslApplicationProtocol.Http11];

    private async ValueTask<Stream> ConnectAsync(SocketsHttpConnectionContext connection, CancellationToken cancellationToken)
    {
        HttpRequestMessage request = connection.InitialRequestMessage;
        if (request.RequestUri?.Scheme != Uri.UriSchemeHttps)
        {
            throw new SpiffeException(
                SpiffeErrorReason.PeerHasNoSvid, $"Over http, {connection.DnsEndPoint.Host} cannot show an SVID; only https leads to a peer with an identity.");
        }

        long start = Stopwatch.GetTimestamp();
        Stream stream = await OpenAsync(connection.DnsEndPoint, cancellationToken).ConfigureAwait(false);
        TimeSpan left = _options.ConnectTimeout - Stopwatch.GetElapsedTime(start);
        TlsOptions options = new()
        {
            TargetHost = connection.DnsEndPoint.Host,
            ApplicationProtocols = ChooseProtocols(request),
            Timeout = left > TimeSpan.Zero ? left : TimeSpan.Zero,
        };
        TlsConnection made = await TlsHandshake.ConnectAsync(stream, Context, _rule, options, cancellationToken).ConfigureAwait(false);
        request.Options.Set(SpiffeHttpHandler.NewPeer, made.PeerId);
        return made.Stream;
    }

    private async Task<Stream> OpenAsync(DnsEndPoint endPoint, CancellationToken cancellationToken)
    {
        string? path = _options.UnixSocketPath;
        EndPoint target = path is null ? endPoint : new UnixDomainSocketEndPoint(path);
        string where = path is null ? $"{endPoint.Host}:{endPoint.Port}" : Quoted.Text(path);
        using CancellationTokenSource impatience = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        impatience.CancelAfter(_options.ConnectTimeout);
        Socket socket = path is null
            ? new Socket(SocketType.Stream, ProtocolType.Tcp) { NoDelay = true }
            : new Socket(AddressFamily.Unix, SocketType.Stream, ProtocolType.Unspecified);
        try
        {
            await socket.ConnectAsync(target, impatience.Token).ConfigureAwait(false);
            return new NetworkStream(socket, ownsSocket: true);
        }
        catch (Exception exception)
        {
            socket.Dispose();
            cancellationToken.ThrowIfCancellationRequested();
            throw exception switch
            {
                SocketException fault => Unreachable(where, SocketFault.Describe(fault, target), exception),
                OperationCanceledException => Unreachable(
                    where, $"no answer came within {_options.ConnectTimeout.TotalSeconds} s", exception),
                _ => exception,
            };
        }
    }

    private static SpiffeException Unreachable(string where, string finding, Exception exception) => new(
        SpiffeErrorReason.PeerUnreachable, $"Cannot connect to {where}: {finding}.", exception);
}
