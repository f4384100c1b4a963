namespace Spiffe.Tls;

/// <summary>Counts what became of a tunnel's connections.</summary>
internal sealed class TunnelTally
{
    private long _total;
    private long _refused;
    private long _broken;
    private string? _lastError;

    public long Total => Interlocked.Read(ref _total);

    public long Refused => Interlocked.Read(ref _refused);

    public long Broken => Interlocked.Read(ref _broken);

    /// <summary>The newest error; null where there was none.</summary>
    public string? LastError => Volatile.Read(ref _lastError);

    public void AddAccepted() => Interlocked.Increment(ref _total);

    public void AddEnded(TunnelConnection connection)
    {
        if (connection.Outcome == TunnelOutcome.Refused)
        {
            Interlocked.Increment(ref _refused);
        }
        else if (connection.Outcome == TunnelOutcome.Broken)
        {
            Interlocked.Increment(ref _broken);
        }

        if (connection.Message is not null)
        {
            Note(connection.Message);
        }
    }

    public void Note(string error) => Volatile.Write(ref _lastError, error);
}
