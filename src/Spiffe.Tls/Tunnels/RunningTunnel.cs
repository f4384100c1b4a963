using System.Collections.Concurrent;
using System.Net;
using System.Net.Sockets;
using System.Runtime.CompilerServices;
using System.Threading.Channels;

namespace Spiffe.Tls;

/// <summary>A tunnel: listens, and serves each connection with the SVID and the bundles that are the newest when it comes.</summary>
internal sealed class RunningTunnel : IAsyncDisposable
{
    private static readonly TimeSpan s_pause = TimeSpan.FromMilliseconds(100);
    private static int s_lastId;

    private readonly CancellationTokenSource _stop = new();
    private readonly ConcurrentDictionary<Task, bool> _serving = new();
    private readonly TunnelTraffic _traffic = new();
    private readonly TunnelTally _tally = new();
    private readonly int _id = Interlocked.Increment(ref s_lastId);
    private readonly DateTime _startTime = DateTimeOffset.UtcNow.LocalDateTime;
    private readonly TunnelOptions _options;
    private readonly PeerRule _rule;
    private readonly Func<CancellationToken, ValueTask<X509Context>> _getContext;
    private readonly Socket _listener;
    private readonly string _listen;
    private readonly SemaphoreSlim _free;
    private readonly Channel<TunnelConnection> _ended;
    private readonly Task _accepting;

    private RunningTunnel(
        TunnelOptions options, PeerRule rule, Func<CancellationToken, ValueTask<X509Context>> getContext, Socket listener)
    {
        _options = options;
        _rule = rule;
        _getContext = getContext;
        _listener = listener;
        _listen = TunnelSocket.Describe(options.Listen is UnixDomainSocketEndPoint ? options.Listen : listener.LocalEndPoint);
        _free = new SemaphoreSlim(options.MaxConnections);
        _ended = Channel.CreateBounded<TunnelConnection>(options.MaxConnections);
        if (!options.ReportsConnections)
        {
            _ended.Writer.Complete();
        }

        _accepting = Task.Run(AcceptAsync, CancellationToken.None);
    }

    /// <summary>Its number in this process.</summary>
    public int Id => _id;

    private string? SocketPath => _options.Listen is UnixDomainSocketEndPoint socket ? socket.ToString() : null;

    /// <summary>Starts a tunnel.</summary>
    /// <param name="options">What it connects.</param>
    /// <param name="rule">Which peers it lets in.</param>
    /// <param name="getContext">Returns the newest SVID and bundles; called for each connection.</param>
    /// <exception cref="SpiffeException"><see cref="SpiffeErrorReason.TunnelFailed"/>: it cannot listen there.</exception>
    public static RunningTunnel Start(
        TunnelOptions options, PeerRule rule, Func<CancellationToken, ValueTask<X509Context>> getContext)
    {
        try
        {
            Socket listener = options.Listen is IPEndPoint endPoint
                ? TunnelSocket.Listen(endPoint)
                : TunnelSocket.Listen(options.Listen.ToString()!, options.SocketMode);
            return new RunningTunnel(options, rule, getContext, listener);
        }
        catch (Exception exception) when (exception is SocketException or IOException or UnauthorizedAccessException)
        {
            throw new SpiffeException(
                SpiffeErrorReason.TunnelFailed,
                $"The tunnel cannot listen at {TunnelSocket.Describe(options.Listen)}: {exception.Message.TrimEnd('.')}.",
                exception);
        }
    }

    /// <summary>The tunnel as it is now.</summary>
    public Tunnel Describe() =>
        new(_id, _options.Mode, _listen, TunnelSocket.Describe(_options.Target), _rule.ToString(), _startTime)
        {
            ActiveConnections = _serving.Count,
            TotalConnections = _tally.Total,
            RefusedConnections = _tally.Refused,
            BrokenConnections = _tally.Broken,
            BytesSent = _traffic.Sent,
            BytesReceived = _traffic.Received,
            LastError = _tally.LastError,
        };

    /// <summary>The connections as they end, until the tunnel is stopped. Who stops reading gets no more of them.</summary>
    public async IAsyncEnumerable<TunnelConnection> ReadConnectionsAsync([EnumeratorCancellation] CancellationToken cancellationToken)
    {
        try
        {
            await foreach (TunnelConnection connection in _ended.Reader.ReadAllAsync(cancellationToken).ConfigureAwait(false))
            {
                yield return connection;
            }
        }
        finally
        {
            _ended.Writer.TryComplete();
        }
    }

    /// <summary>Stops to listen and ends all connections.</summary>
    public async ValueTask DisposeAsync()
    {
        await _stop.CancelAsync().ConfigureAwait(false);
        CloseListener();
        await _accepting.ConfigureAwait(false);
        await Task.WhenAll(_serving.Keys).ConfigureAwait(false);
        _ended.Writer.TryComplete();
    }

    /// <summary>For the end of the process, which ends the connections.</summary>
    public void CloseListener()
    {
        _listener.Dispose();
        if (SocketPath is { } path)
        {
            TunnelSocket.RemoveFile(path);
        }
    }

    private async Task AcceptAsync()
    {
        while (!_stop.IsCancellationRequested)
        {
            try
            {
                await _free.WaitAsync(_stop.Token).ConfigureAwait(false);
                Socket accepted = await AcceptOneAsync().ConfigureAwait(false);
                _tally.AddAccepted();
                Serve(accepted);
            }
            catch (Exception exception) when (IsEnd(exception))
            {
                return;
            }
        }
    }

    /// <summary>What a closed listener answers depends on how far the call was: ECANCELED if the kernel had it already.</summary>
    private bool IsEnd(Exception exception) =>
        exception is OperationCanceledException or ObjectDisposedException ||
        (exception is SocketException && _stop.IsCancellationRequested);

    /// <summary>Where the process has too many files open, what waits is accepted later.</summary>
    private async Task<Socket> AcceptOneAsync()
    {
        while (true)
        {
            try
            {
                return await _listener.AcceptAsync(_stop.Token).ConfigureAwait(false);
            }
            catch (SocketException exception) when (!_stop.IsCancellationRequested)
            {
                _tally.Note(exception.Message);
                await Task.Delay(s_pause, _stop.Token).ConfigureAwait(false);
            }
        }
    }

    private void Serve(Socket accepted)
    {
        Task serving = Task.Run(() => ServeAsync(accepted), CancellationToken.None);
        _serving[serving] = true;
        _ = serving.ContinueWith(
            ended => _serving.TryRemove(ended, out _),
            CancellationToken.None,
            TaskContinuationOptions.ExecuteSynchronously,
            TaskScheduler.Default);
    }

    private async Task ServeAsync(Socket accepted)
    {
        TunnelConnection connection;
        TunnelLink link = new(_options, _rule, accepted);
        await using (link.ConfigureAwait(false))
        {
            connection = await link.RunAsync(_getContext, _traffic, _stop.Token).ConfigureAwait(false);
        }

        _tally.AddEnded(connection);
        await ReportAsync(connection).ConfigureAwait(false);
        _free.Release();
    }

    /// <summary>A reader that is slow holds up new connections, but not the end of the tunnel.</summary>
    private async Task ReportAsync(TunnelConnection connection)
    {
        try
        {
            while (!_ended.Writer.TryWrite(connection) && await _ended.Writer.WaitToWriteAsync(_stop.Token).ConfigureAwait(false))
            {
                // Another connection took the place that had become free.
            }
        }
        catch (OperationCanceledException)
        {
            // The tunnel was stopped, and what does not fit is not reported.
        }
    }
}
