namespace Spiffe.Tls;

/// <summary>Requests over mutual TLS: peers are authenticated by X509-SVID and authorised by a rule, for <see cref="HttpClient"/>.</summary>
/// <remarks>
/// Connections are kept and used again, but only for as long as the SVID and the bundles that they were made with are the
/// newest: the first request behind a rotation makes a new connection, and what is under way ends in peace. Once the
/// identity is withdrawn, no request is sent. Proxies and cookies are not used.
/// </remarks>
public sealed class SpiffeHttpHandler : HttpMessageHandler
{
    /// <summary>Set on a request for which a connection was made: the SPIFFE ID of the server, null for one of the web.</summary>
    public static readonly HttpRequestOptionsKey<SpiffeId?> NewPeer = new("Spiffe.NewPeer");

    private readonly Lock _lock = new();
    private readonly Func<CancellationToken, ValueTask<X509Context>> _getContext;
    private readonly PeerRule _rule;
    private readonly SpiffeHttpOptions _options;
    private ConnectionPool? _pool;
    private bool _isDisposed;

    /// <summary>Creates a handler; the source stays the caller's.</summary>
    /// <param name="source">Where the SVID to show and the bundles to verify with come from.</param>
    /// <param name="rule">Which servers to talk to.</param>
    /// <param name="options">Time and redirects; null for the defaults.</param>
    public SpiffeHttpHandler(X509Source source, PeerRule rule, SpiffeHttpOptions? options = null)
        : this((source ?? throw new ArgumentNullException(nameof(source))).GetAsync, rule, options)
    {
    }

    /// <param name="getContext">Returns the newest SVID and bundles; called for each request.</param>
    /// <param name="rule">Which servers to talk to.</param>
    /// <param name="options">Time and redirects; null for the defaults.</param>
    internal SpiffeHttpHandler(
        Func<CancellationToken, ValueTask<X509Context>> getContext, PeerRule rule, SpiffeHttpOptions? options = null)
    {
        ArgumentNullException.ThrowIfNull(rule);
        _getContext = getContext;
        _rule = rule;
        _options = options ?? new SpiffeHttpOptions();
    }

    /// <inheritdoc/>
    /// <exception cref="SpiffeException">The peer is refused, it refuses this side, or there is no identity.</exception>
    protected override async Task<HttpResponseMessage> SendAsync(HttpRequestMessage request, CancellationToken cancellationToken)
    {
        RefuseQuic(request);
        ConnectionPool pool = await EnterAsync(cancellationToken).ConfigureAwait(false);
        try
        {
            return await pool.SendAsync(request, cancellationToken).ConfigureAwait(false);
        }
        catch (HttpRequestException exception) when (Explain(exception, request, pool.Context) is { } failure)
        {
            throw failure;
        }
    }

    /// <inheritdoc/>
    protected override void Dispose(bool disposing)
    {
        lock (_lock)
        {
            _isDisposed = true;
            _pool?.Dispose();
        }

        base.Dispose(disposing);
    }

    /// <summary>HTTP/3 makes its own connections, in which nothing here verifies the peer; a server can invite to it at any time.</summary>
    private static void RefuseQuic(HttpRequestMessage request)
    {
        ArgumentNullException.ThrowIfNull(request);
        if (request.Version.Major > 2)
        {
            throw new SpiffeException(
                SpiffeErrorReason.RequestInvalid, $"HTTP {request.Version} is not supported; expected 1.1 or 2.0.");
        }

        if (request.VersionPolicy == HttpVersionPolicy.RequestVersionOrHigher)
        {
            request.Version = System.Net.HttpVersion.Version20;
            request.VersionPolicy = HttpVersionPolicy.RequestVersionOrLower;
        }
    }

    /// <summary>A new connection that ends without an answer, or is reset, is how a server of TLS 1.3 refuses this side.</summary>
    private static SpiffeException? Explain(HttpRequestException exception, HttpRequestMessage request, X509Context context) =>
        TlsFailure.Explain(exception) ?? (
            exception.HttpRequestError == HttpRequestError.ResponseEnded ||
            (exception.InnerException is IOException && request.Options.TryGetValue(NewPeer, out _))
            ? TlsFailure.CreateEnded(context, exception)
            : null);

    /// <summary>The pool of the newest context, with the request counted in.</summary>
    private async Task<ConnectionPool> EnterAsync(CancellationToken cancellationToken)
    {
        while (true)
        {
            X509Context context = await _getContext(cancellationToken).ConfigureAwait(false);
            ConnectionPool pool = GetPool(context);
            if (pool.TryEnter())
            {
                return pool;
            }
        }
    }

    private ConnectionPool GetPool(X509Context context)
    {
        ConnectionPool created;
        lock (_lock)
        {
            ObjectDisposedException.ThrowIf(_isDisposed, this);
            if (ReferenceEquals(_pool?.Context, context))
            {
                return _pool;
            }

            _pool?.Dispose();
            created = new ConnectionPool(context, _rule, _options);
            _pool = created;
        }

        // Idle connections of a withdrawn identity are closed at once, and not only when the next request comes.
        context.Superseded.UnsafeRegister(static pool => ((ConnectionPool)pool!).Dispose(), created);
        return created;
    }
}
