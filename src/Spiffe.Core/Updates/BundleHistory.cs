namespace Spiffe;

/// <summary>Turns the events of one watch into updates: compares the bundles with the ones before.</summary>
public sealed class BundleHistory
{
    private readonly Func<SpiffeBundle, bool> _isSelected;
    private readonly bool _includeRetry;
    private IReadOnlyList<SpiffeBundle>? _state;
    private long _sequenceNumber;

    /// <summary>Starts without a state.</summary>
    /// <param name="isSelected">Which bundles the updates speak of.</param>
    /// <param name="includeRetry">Whether there are updates of kind <see cref="BundleUpdateKind.Retrying"/>.</param>
    public BundleHistory(Func<SpiffeBundle, bool> isSelected, bool includeRetry)
    {
        _isSelected = isSelected;
        _includeRetry = includeRetry;
    }

    /// <summary>The update that an event makes; null where nothing changed for the selected bundles.</summary>
    public BundleUpdate? Apply(WatchEvent<IReadOnlyList<SpiffeBundle>> watchEvent)
    {
        ArgumentNullException.ThrowIfNull(watchEvent);
        return watchEvent switch
        {
            { Value: { } value } => Replace([.. value.Where(_isSelected)], error: null, retryIn: null),

            // The agent withdraws its bundles with PermissionDenied (Workload API, sections 5.2.2 and 6.2.2).
            { Error: { Reason: SpiffeErrorReason.NoIdentityIssued } error } when _state is { Count: > 0 } =>
                Replace([], error, watchEvent.RetryIn),
            { Error: { } error, RetryIn: { } retryIn } when _includeRetry =>
                new BundleUpdate(++_sequenceNumber, BundleUpdateKind.Retrying, _state ?? [], [], [], [], _state ?? [], error, retryIn),
            _ => null,
        };
    }

    private BundleUpdate? Replace(IReadOnlyList<SpiffeBundle> bundles, SpiffeException? error, TimeSpan? retryIn)
    {
        if (_state is not null && bundles.SequenceEqual(_state))
        {
            return null;
        }

        IReadOnlyList<SpiffeBundle> state = _state ?? [];
        Dictionary<TrustDomain, SpiffeBundle> before = state.ToDictionary(bundle => bundle.TrustDomain);
        SpiffeBundle[] added = [.. bundles.Where(bundle => !before.ContainsKey(bundle.TrustDomain))];
        SpiffeBundle[] changed = [.. bundles.Where(
            bundle => before.GetValueOrDefault(bundle.TrustDomain) is { } old && !old.Equals(bundle))];
        SpiffeBundle[] removed = [.. before.Values.ExceptBy(bundles.Select(bundle => bundle.TrustDomain), bundle => bundle.TrustDomain)];
        BundleUpdateKind kind = _state is null ? BundleUpdateKind.Initial
            : removed.Length > 0 ? BundleUpdateKind.Removed
            : BundleUpdateKind.Updated;
        _state = bundles;
        return new BundleUpdate(++_sequenceNumber, kind, bundles, added, changed, removed, state, error, retryIn);
    }
}
