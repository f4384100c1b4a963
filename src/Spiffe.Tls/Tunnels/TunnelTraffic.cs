namespace Spiffe.Tls;

/// <summary>Bytes of the application, counted as they move; each direction has one writer.</summary>
internal sealed class TunnelTraffic
{
    private long _sent;
    private long _received;

    public long Sent => Interlocked.Read(ref _sent);

    public long Received => Interlocked.Read(ref _received);

    public void AddSent(long count) => Interlocked.Add(ref _sent, count);

    public void AddReceived(long count) => Interlocked.Add(ref _received, count);
}
