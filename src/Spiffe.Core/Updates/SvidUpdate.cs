using System.Collections.ObjectModel;
using System.Globalization;

namespace Spiffe;

/// <summary>The state of a process's SVIDs at one moment, and what changed since the update before.</summary>
public sealed class SvidUpdate
{
    internal SvidUpdate(
        long sequenceNumber,
        SvidUpdateKind kind,
        IReadOnlyList<Svid> svids,
        IReadOnlyList<Svid> added,
        IReadOnlyList<Svid> removed,
        IReadOnlyList<Svid> before,
        SpiffeException? error = null,
        TimeSpan? retryIn = null)
    {
        SequenceNumber = sequenceNumber;
        DateTimeOffset now = DateTimeOffset.UtcNow;
        Time = now.LocalDateTime;
        Kind = kind;
        Svids = [.. svids];
        Added = [.. added];
        Removed = [.. removed];
        Before = before;
        Error = error;
        NextRetry = (now + retryIn)?.LocalDateTime;
    }

    /// <summary>1 for the first update of a watch, then one more each time.</summary>
    public long SequenceNumber { get; }

    /// <summary>When the update was made, in local time.</summary>
    public DateTime Time { get; }

    /// <summary>What kind of news it is.</summary>
    public SvidUpdateKind Kind { get; }

    /// <summary>All current SVIDs, in the server's order.</summary>
    public ReadOnlyCollection<Svid> Svids { get; }

    /// <summary>The documents that were not there before: of new identities, and renewed ones.</summary>
    public ReadOnlyCollection<Svid> Added { get; }

    /// <summary>The documents that are gone: superseded ones, and those of withdrawn identities.</summary>
    public ReadOnlyCollection<Svid> Removed { get; }

    /// <summary>
    /// Whether every SVID is the one of the update before, and only bundles or revocation lists differ: write trust anchors
    /// again, and leave certificates and keys alone.
    /// </summary>
    public bool OnlyBundlesChanged { get; internal init; }

    /// <summary>What went wrong; null unless something did.</summary>
    public SpiffeException? Error { get; }

    /// <summary>The kind of <see cref="Error"/>, which is also its error id; null unless something went wrong.</summary>
    public SpiffeErrorReason? Reason => Error?.Reason;

    /// <summary>When the Workload API is asked again, in local time; null while a stream is open.</summary>
    public DateTime? NextRetry { get; }

    /// <summary>What changed, in one word: the kind, and for <see cref="SvidUpdateKind.Updated"/> how.</summary>
    public string DisplayChange => Kind == SvidUpdateKind.Retrying ? "Retry"
        : Kind != SvidUpdateKind.Updated ? Kind.ToString()
        : OnlyBundlesChanged ? "Bundles"
        : Added.Count == 0 ? "Changed"
        : Added.All(IsRenewed) ? "Renewed"
        : Added.Any(IsRenewed) ? "Changed"
        : "Added";

    /// <summary>The first identity that changed and how many others did, and in front of them what went wrong, if something did.</summary>
    public string DisplaySvids => (Reason is null ? "" : $"{Reason}: ") + Subjects switch
    {
        [] => "",
        [Svid only] => only.DisplayId,
        [Svid first, ..] subjects => $"{first.DisplayId} and {subjects.Count - 1} more",
    };

    /// <summary>When the first of the SVIDs that the change is about expires: the time within a day, else the date. Empty where they are gone.</summary>
    public string DisplayUntil => Kind != SvidUpdateKind.Removed && Subjects.MinBy(svid => svid.ExpiresIn) is { } first
        ? first.ExpiresAt.ToString(first.ExpiresIn.TotalDays < 1 ? "HH:mm:ss" : "yyyy-MM-dd", CultureInfo.InvariantCulture)
        : string.Empty;

    private IReadOnlyList<Svid> Subjects => Kind switch
    {
        SvidUpdateKind.Removed => [.. Removed.Where(svid => !Svids.Any(svid.IsSameIdentity))],
        SvidUpdateKind.Updated when Added.Count > 0 => Added,
        _ => Svids,
    };

    /// <summary>All SVIDs of the update before, in the server's order then.</summary>
    internal IReadOnlyList<Svid> Before { get; }

    /// <summary>The update as plain values; of each SVID, which it is and when it expires.</summary>
    public SpiffeRecord ToRecord() => new()
    {
        { "SequenceNumber", SequenceNumber },
        { "Time", Time },
        { "Kind", Kind.ToString() },
        { "Svids", Describe(Svids) },
        { "Added", Describe(Added) },
        { "Removed", Describe(Removed) },
        { "OnlyBundlesChanged", OnlyBundlesChanged },
        { "Reason", Reason?.ToString() },
        { "Message", Error?.Message },
        { "NextRetry", NextRetry },
    };

    /// <summary>What changed and for which identities, on one line.</summary>
    public override string ToString() => $"{DisplayChange}: {DisplaySvids}";

    private static SpiffeRecord[] Describe(IReadOnlyList<Svid> svids) => [.. svids.Select(svid => svid.ToBriefRecord())];

    private bool IsRenewed(Svid svid) => Removed.Any(svid.IsSameIdentity);
}
