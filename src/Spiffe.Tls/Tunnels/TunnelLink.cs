using System.Diagnostics;
using System.Net;
using System.Net.Sockets;

namespace Spiffe.Tls;

/// <summary>One connection through a tunnel, from its acceptance to its end.</summary>
internal sealed class TunnelLink : IAsyncDisposable
{
    private static readonly LingerOption s_reset = new(enable: true, seconds: 0);

    private readonly TunnelOptions _options;
    private readonly PeerRule _rule;
    private readonly Socket _accepted;
    private readonly TunnelTraffic _traffic = new();
    private Socket? _target;
    private TunnelStream? _transport;
    private TlsConnection? _peer;

    /// <param name="options">What the tunnel connects.</param>
    /// <param name="rule">Which peers it lets in.</param>
    /// <param name="accepted">The connection that came in; it belongs to the link from here on.</param>
    public TunnelLink(TunnelOptions options, PeerRule rule, Socket accepted)
    {
        _options = options;
        _rule = rule;
        _accepted = accepted;
    }

    /// <summary>Serves the connection. Nothing is read from either side before the peer is authorised.</summary>
    /// <param name="getContext">Returns the newest SVID and bundles.</param>
    /// <param name="total">Counts the bytes of the whole tunnel.</param>
    /// <param name="cancellationToken">Ends the connection.</param>
    /// <returns>What became of it; faults of a connection are results here.</returns>
    public async Task<TunnelConnection> RunAsync(
        Func<CancellationToken, ValueTask<X509Context>> getContext, TunnelTraffic total, CancellationToken cancellationToken)
    {
        DateTime start = DateTimeOffset.UtcNow.LocalDateTime;
        string client = DescribeClient();
        long begin = Stopwatch.GetTimestamp();
        Exception? fault = null;
        try
        {
            TunnelSocket.Tune(_accepted);
            await ConnectAsync(getContext, cancellationToken).ConfigureAwait(false);
            Socket plain = _options.Mode == TunnelMode.Client ? _accepted : _target!;
            await new TunnelRelay(plain, _peer!, _transport!, _traffic, total, _options.IdleTimeout)
                .RunAsync(cancellationToken).ConfigureAwait(false);
        }
        catch (Exception exception)
        {
            fault = exception;

            // Neither side may take what it got for all of it.
            Reset(_accepted);
            Reset(_target);
        }

        SpiffeException? error = cancellationToken.IsCancellationRequested ? null : fault as SpiffeException;
        return new TunnelConnection(client, start)
        {
            Duration = Stopwatch.GetElapsedTime(begin),
            PeerId = _peer?.PeerId,
            BytesSent = _traffic.Sent,
            BytesReceived = _traffic.Received,
            Outcome = fault is null ? TunnelOutcome.Completed
                : cancellationToken.IsCancellationRequested ? TunnelOutcome.Stopped
                : IsRefused(error) ? TunnelOutcome.Refused
                : TunnelOutcome.Broken,
            ErrorId = error?.Reason.ToString(),
            Message = fault is null || cancellationToken.IsCancellationRequested ? null : error?.Message ?? Quoted.Line(fault.Message),
        };
    }

    /// <inheritdoc/>
    public async ValueTask DisposeAsync()
    {
        if (_peer is not null)
        {
            await _peer.DisposeAsync().ConfigureAwait(false);
        }

        _accepted.Dispose();
        _target?.Dispose();
    }

    private static void Reset(Socket? socket)
    {
        try
        {
            if (socket is not null)
            {
                socket.LingerState = s_reset;
            }
        }
        catch (Exception exception) when (exception is SocketException or ObjectDisposedException)
        {
            // It is closed already.
        }
    }

    private async Task ConnectAsync(Func<CancellationToken, ValueTask<X509Context>> getContext, CancellationToken cancellationToken)
    {
        using CancellationTokenSource impatience = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        impatience.CancelAfter(_options.ConnectTimeout);
        try
        {
            X509Context context = await getContext(impatience.Token).ConfigureAwait(false);
            if (_options.Mode == TunnelMode.Server)
            {
                _transport = new TunnelStream(_accepted);
                _peer = await TlsHandshake.AcceptAsync(_transport, context, _rule, CreateTlsOptions(), impatience.Token).ConfigureAwait(false);
                _target = await TunnelSocket.ConnectAsync(_options.Target, impatience.Token).ConfigureAwait(false);
                return;
            }

            _target = await TunnelSocket.ConnectAsync(_options.Target, impatience.Token).ConfigureAwait(false);
            _transport = new TunnelStream(_target);
            _peer = await TlsHandshake.ConnectAsync(_transport, context, _rule, CreateTlsOptions(), impatience.Token).ConfigureAwait(false);
        }
        catch (OperationCanceledException exception) when (!cancellationToken.IsCancellationRequested)
        {
            throw new SpiffeException(
                SpiffeErrorReason.Timeout,
                $"The connection was not established within {_options.ConnectTimeout.TotalSeconds} s.",
                exception);
        }
    }

    private TlsOptions CreateTlsOptions() => new()
    {
        TargetHost = _options.Target is DnsEndPoint { Host: { } host } && _options.Mode == TunnelMode.Client ? host : string.Empty,

        // The link's own limit, which has begun already, ends the handshake.
        Timeout = Timeout.InfiniteTimeSpan,
    };

    /// <summary>A server may refuse this side when it is authorised already, and before it has sent anything.</summary>
    private bool IsRefused(SpiffeException? error) => _target is null || _peer is null || (error is not null && _traffic.Received == 0);

    private string DescribeClient()
    {
        try
        {
            return _accepted.RemoteEndPoint is IPEndPoint remote ? remote.ToString() : string.Empty;
        }
        catch (SocketException)
        {
            // It has gone already.
            return string.Empty;
        }
    }
}
