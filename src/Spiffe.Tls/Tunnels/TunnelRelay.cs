using System.Buffers;
using System.Net.Sockets;

namespace Spiffe.Tls;

/// <summary>Moves bytes both ways between a plain connection and a TLS connection whose peer is authorised.</summary>
/// <remarks>
/// No side is read before the other has taken what was read so far. The end of one direction is passed on, FIN as close_notify
/// and vice versa, while the other direction continues.
/// </remarks>
internal sealed class TunnelRelay
{
    // What one record of TLS holds at most (RFC 8446, section 5.1).
    private const int RecordSize = 16 * 1024;

    private readonly Socket _plain;
    private readonly TlsConnection _peer;
    private readonly TunnelStream _transport;
    private readonly TunnelTraffic _traffic;
    private readonly TunnelTraffic _total;
    private readonly TimeSpan _idleTimeout;

    /// <param name="plain">The side without TLS.</param>
    /// <param name="peer">The side with TLS.</param>
    /// <param name="transport">The way to the peer.</param>
    /// <param name="traffic">Counts this connection's bytes.</param>
    /// <param name="total">Counts those of the whole tunnel.</param>
    /// <param name="idleTimeout">For how long nothing may move; zero for no limit.</param>
    public TunnelRelay(
        Socket plain, TlsConnection peer, TunnelStream transport, TunnelTraffic traffic, TunnelTraffic total, TimeSpan idleTimeout)
    {
        _plain = plain;
        _peer = peer;
        _transport = transport;
        _traffic = traffic;
        _total = total;
        _idleTimeout = idleTimeout;
    }

    /// <summary>Returns when both directions have ended in order.</summary>
    /// <exception cref="TimeoutException">Nothing has moved for too long.</exception>
    /// <exception cref="SpiffeException">The peer has refused this side, or has broken off.</exception>
    /// <exception cref="IOException">One side has reset its connection.</exception>
    public async Task RunAsync(CancellationToken cancellationToken)
    {
        using CancellationTokenSource idle = new();
        using CancellationTokenSource source = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken, idle.Token);
        using NetworkStream plain = new(_plain, ownsSocket: false);
        Touch(idle);
        try
        {
            Task sending = EndBothOnFaultAsync(SendAsync(plain, idle, source.Token), source);
            Task receiving = EndBothOnFaultAsync(ReceiveAsync(plain, idle, source.Token), source);
            await AwaitBothAsync(sending, receiving).ConfigureAwait(false);
        }
        catch (OperationCanceledException exception) when (idle.IsCancellationRequested && !cancellationToken.IsCancellationRequested)
        {
            throw new TimeoutException($"No data was sent for {_idleTimeout.TotalSeconds} s.", exception);
        }
    }

    private static async Task EndBothOnFaultAsync(Task direction, CancellationTokenSource source)
    {
        try
        {
            await direction.ConfigureAwait(false);
        }
        catch
        {
            await source.CancelAsync().ConfigureAwait(false);
            throw;
        }
    }

    /// <summary>Of two faults, tells the one that is not merely the consequence of the other.</summary>
    private static async Task AwaitBothAsync(Task first, Task second)
    {
        await Task.WhenAll(first, second).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        await (first.IsFaulted ? first : second).ConfigureAwait(false);
        await first.ConfigureAwait(false);
    }

    private async Task SendAsync(NetworkStream plain, CancellationTokenSource idle, CancellationToken cancellationToken)
    {
        // Two records a turn: reading costs more than holding the second one.
        byte[] buffer = ArrayPool<byte>.Shared.Rent(2 * RecordSize);
        try
        {
            int count;
            while ((count = await plain.ReadAsync(buffer, cancellationToken).ConfigureAwait(false)) > 0)
            {
                Touch(idle);
                await _peer.Stream.WriteAsync(buffer.AsMemory(0, count), cancellationToken).ConfigureAwait(false);
                Touch(idle);
                _traffic.AddSent(count);
                _total.AddSent(count);
            }

            await _peer.Stream.ShutdownAsync().WaitAsync(cancellationToken).ConfigureAwait(false);
        }
        finally
        {
            ArrayPool<byte>.Shared.Return(buffer);
        }
    }

    private async Task ReceiveAsync(NetworkStream plain, CancellationTokenSource idle, CancellationToken cancellationToken)
    {
        byte[] buffer = ArrayPool<byte>.Shared.Rent(RecordSize);
        try
        {
            int count;
            while ((count = await ReadPeerAsync(buffer, cancellationToken).ConfigureAwait(false)) > 0)
            {
                Touch(idle);
                await plain.WriteAsync(buffer.AsMemory(0, count), cancellationToken).ConfigureAwait(false);
                Touch(idle);
                _traffic.AddReceived(count);
                _total.AddReceived(count);
            }

            _plain.Shutdown(SocketShutdown.Send);
        }
        finally
        {
            ArrayPool<byte>.Shared.Return(buffer);
        }
    }

    private async ValueTask<int> ReadPeerAsync(byte[] buffer, CancellationToken cancellationToken)
    {
        int count;
        try
        {
            count = await _peer.Stream.ReadAsync(buffer, cancellationToken).ConfigureAwait(false);
        }
        catch (Exception exception) when (TlsFailure.Explain(exception) is { } failure)
        {
            throw failure;
        }
        catch (IOException exception) when (_traffic.Received == 0)
        {
            // A reset, too, is how a server of TLS 1.3 refuses this side.
            throw TlsFailure.CreateEnded(_peer.Context, exception);
        }

        return count > 0 || !_transport.HasEnded ? count : throw EndedEarly();
    }

    /// <summary>Without close_notify, anyone on the way can have cut the connection off (RFC 8446, section 6.1).</summary>
    private SpiffeException EndedEarly()
    {
        EndOfStreamException exception = new("The connection ended without close_notify.");
        return _traffic.Received == 0
            ? TlsFailure.CreateEnded(_peer.Context, exception)
            : new SpiffeException(
                SpiffeErrorReason.TlsHandshakeFailed,
                "The peer closed the connection without ending TLS (close_notify): what it sent may be incomplete.",
                exception);
    }

    private void Touch(CancellationTokenSource idle)
    {
        if (_idleTimeout > TimeSpan.Zero)
        {
            idle.CancelAfter(_idleTimeout);
        }
    }
}
