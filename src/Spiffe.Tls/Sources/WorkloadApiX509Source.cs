namespace Spiffe.Tls;

/// <summary>Follows the X509-SVIDs of the Workload API, whose messages hold the bundles too, so that both always fit together.</summary>
/// <remarks>
/// While there is no identity, nothing is followed: each request asks the agent again, so that a script which waited for an
/// identity finds it at once.
/// </remarks>
internal sealed class WorkloadApiX509Source : X509Source
{
    private readonly Lock _lock = new();
    private readonly CancellationTokenSource _stop = new();
    private readonly IWorkloadApi _api;
    private readonly SvidChoice _choice;
    private TaskCompletionSource<X509Context>? _state;
    private X509Context? _current;
    private SpiffeException? _lastFault;

    public WorkloadApiX509Source(IWorkloadApi api, SvidChoice choice)
    {
        _api = api;
        _choice = choice;
    }

    public override async ValueTask<X509Context> GetAsync(CancellationToken cancellationToken)
    {
        Task<X509Context> state;
        lock (_lock)
        {
            ObjectDisposedException.ThrowIf(_stop.IsCancellationRequested, this);
            if (_state is null)
            {
                _state = CreateState();
                _ = Task.Run(FollowAsync, CancellationToken.None);
            }

            state = _state.Task;
        }

        X509Context context = await state.WaitAsync(cancellationToken).ConfigureAwait(false);
        return context.Svid is { } svid && svid.ExpiresIn <= TimeSpan.Zero ? throw Expired(svid) : context;
    }

    private protected override void Dispose(bool disposing)
    {
        _stop.Cancel();
        Withdraw(new ObjectDisposedException(nameof(X509Source)));
    }

    private static TaskCompletionSource<X509Context> CreateState() => new(TaskCreationOptions.RunContinuationsAsynchronously);

    private static IEnumerable<SpiffeBundle> BundlesOf(IReadOnlyList<X509Svid> svids, X509Svid? chosen) => svids
        .Prepend(chosen ?? svids[0])
        .Select(svid => svid.Bundle)
        .Concat(svids.SelectMany(svid => svid.FederatedBundles))
        .DistinctBy(bundle => bundle.TrustDomain);

    private async Task FollowAsync()
    {
        try
        {
            await foreach (WatchEvent<IReadOnlyList<X509Svid>> news in
                _api.WatchX509SvidsAsync(_stop.Token).ConfigureAwait(false))
            {
                Apply(news);
            }

            throw new SpiffeException(SpiffeErrorReason.AgentUnavailable, "The Workload API has ended the stream of X509-SVIDs.");
        }
        catch (Exception exception)
        {
            // Whatever it was, those who wait for the answer get it, and the next question starts again.
            Withdraw(exception);
        }
    }

    private void Apply(WatchEvent<IReadOnlyList<X509Svid>> news)
    {
        if (news.Value is { } svids)
        {
            X509Svid? chosen = _choice.Choose(svids);
            Replace(new X509Context(chosen, BundlesOf(svids, chosen)));
        }
        else if (_current is null || news.Error!.Reason == SpiffeErrorReason.NoIdentityIssued)
        {
            throw news.Error!;
        }

        // An agent that cannot be reached takes nothing away: what it issued is good until it expires.
        _lastFault = news.Error;
    }

    private void Replace(X509Context next)
    {
        X509Context? previous;
        lock (_lock)
        {
            previous = _current;
            if (_stop.IsCancellationRequested || previous?.HasSameContent(next) == true)
            {
                return;
            }

            _current = next;
            if (previous is not null)
            {
                _state = CreateState();
            }

            _state!.SetResult(next);
        }

        previous?.Supersede();
    }

    private void Withdraw(Exception reason)
    {
        X509Context? previous;
        lock (_lock)
        {
            previous = _current;
            _current = null;
            _state?.TrySetException(reason);
            _state = null;
        }

        previous?.Supersede();
    }

    private SpiffeException Expired(X509Svid svid) => new(
        SpiffeErrorReason.AgentUnavailable,
        $"The SVID of '{svid}' expired at {svid.NotAfter:u}, and the agent has not renewed it" +
        (_lastFault is { } fault ? $": {fault.Message}" : "."));
}
