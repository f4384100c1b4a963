using System.Collections.ObjectModel;

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
        Bundles = [.. bundles];
        Added = [.. added];
        Changed = [.. changed];
        Removed = [.. removed];
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
    public ReadOnlyCollection<SpiffeBundle> Bundles { get; }

    /// <summary>The bundles of trust domains that had none before.</summary>
    public ReadOnlyCollection<SpiffeBundle> Added { get; }

    /// <summary>The bundles that replace an earlier one of the same trust domain.</summary>
    public ReadOnlyCollection<SpiffeBundle> Changed { get; }

    /// <summary>The last known bundles of trust domains that were withdrawn.</summary>
    public ReadOnlyCollection<SpiffeBundle> Removed { get; }

    /// <summary>What went wrong; null unless something did.</summary>
    public SpiffeException? Error { get; }

    /// <summary>The kind of <see cref="Error"/>, which is also its error id; null unless something went wrong.</summary>
    public SpiffeErrorReason? Reason => Error?.Reason;

    /// <summary>When the source is asked again, in local time; null unless something went wrong.</summary>
    public DateTime? NextRetry { get; }

    /// <summary>What changed, in one word: the kind, and for <see cref="BundleUpdateKind.Updated"/> how.</summary>
    public string DisplayChange => Kind == BundleUpdateKind.Updated ? Changed.Count == 0 ? "Added" : "Changed" : Kind.ToString();

    /// <summary>The trust domains that the change is about, and in front of them what went wrong, if something did.</summary>
    public string DisplayBundles =>
        $"{(Reason is null ? "" : $"{Reason}: ")}{string.Join(", ", Subjects.Select(bundle => bundle.TrustDomain.Name))}";

    private IEnumerable<SpiffeBundle> Subjects => Kind switch
    {
        BundleUpdateKind.Updated => Added.Concat(Changed),
        BundleUpdateKind.Removed => Removed,
        _ => Bundles,
    };

    /// <summary>The update as plain values; of each bundle, the trust domain.</summary>
    public SpiffeRecord ToRecord() => new()
    {
        { "SequenceNumber", SequenceNumber },
        { "Time", Time },
        { "Kind", Kind.ToString() },
        { "Bundles", Describe(Bundles) },
        { "Added", Describe(Added) },
        { "Changed", Describe(Changed) },
        { "Removed", Describe(Removed) },
        { "Reason", Reason?.ToString() },
        { "Message", Error?.Message },
        { "NextRetry", NextRetry },
    };

    /// <summary>What changed and for which trust domains, on one line.</summary>
    public override string ToString() => $"{DisplayChange}: {DisplayBundles}";

    private static string[] Describe(IReadOnlyList<SpiffeBundle> bundles) => [.. bundles.Select(bundle => bundle.TrustDomain.Name)];

    /// <summary>All bundles of the update before.</summary>
    internal IReadOnlyList<SpiffeBundle> Before { get; }
}
