namespace Spiffe;

/// <summary>Turns the events of one watch into updates: compares each state with the one before.</summary>
public sealed class SvidHistory
{
    private readonly Func<Svid, bool> _isSelected;
    private readonly bool _includeRetry;
    private IReadOnlyList<Svid>? _state;
    private long _sequenceNumber;

    /// <summary>Starts without a state.</summary>
    /// <param name="isSelected">Which SVIDs the updates speak of.</param>
    /// <param name="includeRetry">Whether there are updates of kind <see cref="SvidUpdateKind.Retrying"/>.</param>
    public SvidHistory(Func<Svid, bool> isSelected, bool includeRetry)
    {
        _isSelected = isSelected;
        _includeRetry = includeRetry;
    }

    /// <summary>The update that an event makes; null where nothing changed for the selected SVIDs.</summary>
    public SvidUpdate? Apply<TSvid>(WatchEvent<IReadOnlyList<TSvid>> watchEvent)
        where TSvid : Svid
    {
        ArgumentNullException.ThrowIfNull(watchEvent);
        return watchEvent switch
        {
            { Value: { } value } => Replace([.. value.Where(svid => _isSelected(svid))], error: null, retryIn: null),
            { Error: { Reason: SpiffeErrorReason.NoIdentityIssued } error } when _state is { Count: > 0 } =>
                Replace([], error, watchEvent.RetryIn),
            { Error: { } error, RetryIn: { } retryIn } when _includeRetry =>
                new SvidUpdate(++_sequenceNumber, SvidUpdateKind.Retrying, _state ?? [], [], [], _state ?? [], error, retryIn),
            _ => null,
        };
    }

    private SvidUpdate? Replace(IReadOnlyList<Svid> svids, SpiffeException? error, TimeSpan? retryIn)
    {
        if (_state is not null && svids.SequenceEqual(_state))
        {
            return null;
        }

        IReadOnlyList<Svid> before = _state ?? [];
        Svid[] added = [.. svids.Where(svid => !before.Any(svid.IsSameDocument))];
        Svid[] removed = [.. before.Where(svid => !svids.Any(svid.IsSameDocument))];
        bool isGone = removed.Any(svid => !svids.Any(other => other.SpiffeId == svid.SpiffeId && other.Hint == svid.Hint));
        SvidUpdateKind kind = _state is null ? SvidUpdateKind.Initial
            : isGone ? SvidUpdateKind.Removed
            : SvidUpdateKind.Updated;
        bool onlyBundles = kind == SvidUpdateKind.Updated && svids.Count == before.Count &&
            svids.Zip(before).All(pair => pair.First.IsSameButForBundles(pair.Second));
        _state = svids;
        return new SvidUpdate(++_sequenceNumber, kind, svids, added, removed, before, error, retryIn)
        {
            OnlyBundlesChanged = onlyBundles,
        };
    }
}
