using System.Net.Sockets;

namespace Spiffe.Tls;

/// <summary>The way to a TLS peer. It knows whether the peer has closed it: SslStream tells that from close_notify in no way.</summary>
internal sealed class TunnelStream : NetworkStream
{
    public TunnelStream(Socket socket)
        : base(socket, ownsSocket: true)
    {
    }

    /// <summary>Whether the connection below TLS has ended.</summary>
    public bool HasEnded { get; private set; }

    /// <inheritdoc/>
    public override async ValueTask<int> ReadAsync(Memory<byte> buffer, CancellationToken cancellationToken = default)
    {
        int count = await base.ReadAsync(buffer, cancellationToken).ConfigureAwait(false);
        HasEnded |= count == 0 && !buffer.IsEmpty;
        return count;
    }
}
