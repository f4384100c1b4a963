namespace Spiffe;

/// <summary>The bundles at one moment, and what changed since the update before.</summary>
public sealed class BundleUpdate
{
    internal BundleUpdate(
        long sequenceNumber,
        BundleUpdateKind kind,
        IReadOnlyList<SpiffeBundle> bundles,
        IReadOnlyList<SpiffeBundle> added,
        IReadOnlyList<SpiffeBundle> changed,
        IReadOnlyList<SpiffeBundle> removed,
        IReadOnlyList<SpiffeBundle> before,
        SpiffeException? error = null,
        TimeSpan? retryIn = null)
    {
        SequenceNumber = sequenceNumber;
        DateTimeOffset now = DateTimeOffset.UtcNow;
        Time = now.LocalDateTime;
        Kind = kind;
        Bundles = bundles;
        Added = added;
        Changed = changed;
        Removed = removed;
        Before = before;
        Error = error;
        NextRetry = (now + retryIn)?.LocalDateTime;
    }

    /// <summary>1 for the first update of a watch, then one more each time. A bundle's own number is its <see cref="SpiffeBundle.SequenceNumber"/>.</summary>
    public long SequenceNumber { get; }

    /// <summary>When the update was made, in local time.</summary>
    public DateTime Time { get; }

    /// <summary>What kind of news it is.</summary>
    public BundleUpdateKind Kind { get; }

    /// <summary>All bundles as they are now, one of each trust domain, sorted by name.</summary>
    public IReadOnlyList<SpiffeBundle> Bundles { get; }

    /// <summary>The bundles of trust domains that had none before.</summary>
    public IReadOnlyList<SpiffeBundle> Added { get; }

    /// <summary>The bundles that replace an earlier one of the same trust domain.</summary>
    public IReadOnlyList<SpiffeBundle> Changed { get; }

    /// <summary>The last known bundles of trust domains that were withdrawn.</summary>
    public IReadOnlyList<SpiffeBundle> Removed { get; }

    /// <summary>What went wrong; null unless something did.</summary>
    public SpiffeException? Error { get; }

    /// <summary>The kind of <see cref="Error"/>, which is also its error id; null unless something went wrong.</summary>
    public SpiffeErrorReason? Reason => Error?.Reason;

    /// <summary>When the source is asked again, in local time; null unless something went wrong.</summary>
    public DateTime? NextRetry { get; }

    /// <summary>All bundles of the update before.</summary>
    internal IReadOnlyList<SpiffeBundle> Before { get; }
}
