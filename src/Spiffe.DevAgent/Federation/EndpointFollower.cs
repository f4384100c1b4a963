using Spiffe.Tls;

namespace Spiffe.DevAgent;

/// <summary>Fetches the bundles of other trust domains from their endpoints, again and again, with the client that the cmdlets have.</summary>
internal sealed class EndpointFollower : BackgroundService
{
    // On one machine there is nothing to spare: a follower may come as often as the other agent's hint asks it to.
    private static readonly PollInterval s_interval = new() { Shortest = TimeSpan.FromSeconds(1) };

    private readonly SvidIssuer _issuer;
    private readonly FederatedBundles _bundles;
    private readonly ChangeSignal _changes;
    private readonly AgentLog _log;
    private readonly Lock _lock = new();
    private readonly Dictionary<Federation, CancellationTokenSource> _followed = [];
    private readonly List<Task> _following = [];
    private CancellationToken _stopping;
    private bool _isStarted;

    public EndpointFollower(SvidIssuer issuer, FederatedBundles bundles, ChangeSignal changes, AgentLog log)
    {
        _issuer = issuer;
        _bundles = bundles;
        _changes = changes;
        _log = log;
    }

    /// <summary>From here on these, and no other: what is followed already goes on, what is gone ends (Federation, section 6.3).</summary>
    public void Follow(AgentConfig config)
    {
        lock (_lock)
        {
            foreach (Federation ended in _followed.Keys.Except(config.Federations).ToArray())
            {
                _followed.Remove(ended, out CancellationTokenSource? source);
                source!.Cancel();
            }

            foreach (Federation federation in config.Federations)
            {
                if (_followed.TryAdd(federation, new CancellationTokenSource()) && _isStarted)
                {
                    Start(federation);
                }
            }

            _bundles.Retain(config.Federated);
        }
    }

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        lock (_lock)
        {
            (_stopping, _isStarted) = (stoppingToken, true);
            foreach (Federation federation in _followed.Keys)
            {
                Start(federation);
            }
        }

        await Task.Delay(Timeout.InfiniteTimeSpan, stoppingToken).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        await Task.WhenAll(_following);
    }

    private void Start(Federation federation)
    {
        CancellationToken end = _followed[federation].Token;
        _following.Add(Task.Run(() => FollowAsync(federation, end), CancellationToken.None));
    }

    private async Task FollowAsync(Federation federation, CancellationToken end)
    {
        using CancellationTokenSource source = CancellationTokenSource.CreateLinkedTokenSource(end, _stopping);
        BundleFetch fetch = new(federation.Endpoint, () => FindEndpointBundle(federation));
        string? lastFault = null;
        try
        {
            await foreach (WatchEvent<IReadOnlyList<SpiffeBundle>> news in fetch.WatchAsync(s_interval, source.Token))
            {
                if (news.Value is [{ } bundle])
                {
                    Set(bundle, federation, end);
                }
                else if (news.Error!.Message != lastFault)
                {
                    _log.Write($"the bundle of '{federation.Endpoint.TrustDomain}' is not fetched, and what was known stays: {news.Error.Message}");
                }

                lastFault = news.Error?.Message;
            }
        }
        catch (OperationCanceledException) when (source.IsCancellationRequested)
        {
            // The agent stops, or the federation has ended.
        }
    }

    private void Set(SpiffeBundle bundle, Federation federation, CancellationToken end)
    {
        lock (_lock)
        {
            if (end.IsCancellationRequested)
            {
                return;
            }

            _bundles.Set(bundle);
        }

        _log.Write($"fetched the bundle of '{bundle.TrustDomain}' from {federation.Endpoint}: {bundle.Authorities}");
        _changes.Raise();
    }

    /// <summary>What the endpoint is verified with: the newest bundle of its trust domain, or the one to begin with.</summary>
    private SpiffeBundle? FindEndpointBundle(Federation federation)
    {
        TrustDomain trustDomain = federation.Endpoint.EndpointSpiffeId!.TrustDomain;
        return trustDomain == _issuer.Bundle.TrustDomain ? _issuer.Bundle
            : (federation.Endpoint.IsSelfServing ? null : _bundles.Find(trustDomain)) ?? federation.FindFirstBundle();
    }
}
