namespace Spiffe.Transport;

/// <summary>A connection that listens along: does the peer begin as an HTTP/2 server does (RFC 9113, section 3.4)?</summary>
/// <remarks>
/// Nothing but the bytes can tell. Where they arrive before the request is on its way, SocketsHttpHandler gives the
/// connection up and says only that it was lost.
/// </remarks>
internal sealed class OverheardStream : Stream
{
    private const int HeaderLength = 9;
    private const byte SettingsFrame = 4;

    private static readonly TimeSpan s_patience = TimeSpan.FromSeconds(1);

    private readonly Stream _connection;
    private readonly Action<bool> _report;
    private readonly TaskCompletionSource _isReported = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private int _heard;

    /// <summary>Takes over the connection.</summary>
    /// <param name="connection">A socket's stream, or a pipe.</param>
    /// <param name="report">Called once, with whether the bytes so far were HTTP/2; no bytes count as HTTP/2.</param>
    public OverheardStream(Stream connection, Action<bool> report)
    {
        _connection = connection;
        _report = report;
    }

    public override bool CanRead => true;

    public override bool CanWrite => true;

    public override bool CanSeek => false;

    public override long Length => throw new NotSupportedException();

    public override long Position
    {
        get => throw new NotSupportedException();
        set => throw new NotSupportedException();
    }

    public override int Read(byte[] buffer, int offset, int count) => throw new NotSupportedException();

    public override void Write(byte[] buffer, int offset, int count) => throw new NotSupportedException();

    public override void Flush() => _connection.Flush();

    public override Task FlushAsync(CancellationToken cancellationToken) => _connection.FlushAsync(cancellationToken);

    public override long Seek(long offset, SeekOrigin origin) => throw new NotSupportedException();

    public override void SetLength(long value) => throw new NotSupportedException();

    public override ValueTask<int> ReadAsync(Memory<byte> buffer, CancellationToken cancellationToken = default) =>
        _isReported.Task.IsCompleted || buffer.IsEmpty
            ? _connection.ReadAsync(buffer, cancellationToken)
            : ReadAndListenAsync(buffer, cancellationToken);

    public override async ValueTask WriteAsync(
        ReadOnlyMemory<byte> buffer, CancellationToken cancellationToken = default)
    {
        try
        {
            await _connection.WriteAsync(buffer, cancellationToken).ConfigureAwait(false);
        }
        catch (IOException)
        {
            // The peer is gone. What it said before that is on its way to the reader, whom this exception would stop.
            await Task.WhenAny(_isReported.Task, Task.Delay(s_patience, cancellationToken)).ConfigureAwait(false);
            throw;
        }
    }

    protected override void Dispose(bool disposing)
    {
        if (disposing)
        {
            _connection.Dispose();
        }

        base.Dispose(disposing);
    }

    private async ValueTask<int> ReadAndListenAsync(Memory<byte> buffer, CancellationToken cancellationToken)
    {
        int count = 0;
        try
        {
            count = await _connection.ReadAsync(buffer, cancellationToken).ConfigureAwait(false);
            return count;
        }
        finally
        {
            Listen(buffer.Span[..count]);
        }
    }

    private void Listen(ReadOnlySpan<byte> bytes)
    {
        bool isHttp2 = true;
        foreach (byte b in bytes[..Math.Min(bytes.Length, HeaderLength - _heard)])
        {
            isHttp2 &= IsInSettingsHeader(b, _heard++);
        }

        if (!isHttp2 || bytes.IsEmpty || _heard == HeaderLength)
        {
            _report(isHttp2);
            _isReported.TrySetResult();
        }
    }

    /// <summary>Three bytes of length, at most 16384; the frame's type; flags without ACK; stream 0 behind a reserved bit.</summary>
    private static bool IsInSettingsHeader(byte b, int position) => position switch
    {
        1 => b <= 0x40,
        2 => true,
        3 => b == SettingsFrame,
        4 => (b & 0x01) == 0,
        5 => (b & 0x7F) == 0,
        _ => b == 0,
    };
}
