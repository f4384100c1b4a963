namespace Spiffe;

/// <summary>What an event of Register-SpiffeSvidEvent brings: an update, or what went wrong.</summary>
public sealed class SvidEventArgs : EventArgs
{
    internal SvidEventArgs(SvidUpdate? update, SpiffeException? error, bool hasEnded)
    {
        Update = update;
        Error = error;
        HasEnded = hasEnded;
    }

    /// <summary>The state of the SVIDs and what changed, as Watch-SpiffeSvid gives it; null where <see cref="Error"/> is the news.</summary>
    public SvidUpdate? Update { get; }

    /// <summary>A message of the agent that was discarded, or why the watch has ended; null where there is an update.</summary>
    public SpiffeException? Error { get; }

    /// <summary>Whether this is the last event, because asking again would not help.</summary>
    public bool HasEnded { get; }
}
