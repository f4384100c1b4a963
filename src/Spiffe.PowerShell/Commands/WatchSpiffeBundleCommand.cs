using System.Management.Automation;

namespace Spiffe.Commands;

[Cmdlet(VerbsCommon.Watch, "SpiffeBundle")]
[OutputType(typeof(BundleUpdate))]
public sealed class WatchSpiffeBundleCommand : WorkloadApiCommand
{
    /// <summary>A watch has no natural end: unless the user sets a time, it has none.</summary>
    public WatchSpiffeBundleCommand() => TimeoutSec = 0;

    [Parameter(Position = 0)]
    [Unwrap(nameof(Svid.TrustDomain))]
    [ArgumentCompleter(typeof(TrustDomainCompleter))]
    [ValidateNotNull]
    public TrustDomain[]? TrustDomain { get; set; }

    [Parameter]
    [ValidateRange(1, int.MaxValue)]
    [NotAFile]
    public int Count { get; set; } = int.MaxValue;

    [Parameter]
    public SwitchParameter IncludeRetry { get; set; }

    protected override void ProcessRecord() => Guard(() =>
    {
        WorkloadApiEndpoint endpoint = ResolveEndpoint();
        using CancellationTokenSource source = CreateTimeout();
        try
        {
            Follow(WorkloadApiFactory.For(endpoint).WatchBundlesAsync(source.Token), source.Token);
        }
        catch (OperationCanceledException) when (HasTimedOut(source))
        {
            throw TimedOut($"The watch of {endpoint} has reached its limit of {TimeoutSec} s.");
        }
    });

    private void Follow(
        IAsyncEnumerable<WatchEvent<IReadOnlyList<SpiffeBundle>>> watch, CancellationToken cancellationToken)
    {
        BundleHistory history = new(
            bundle => TrustDomain is null || TrustDomain.Contains(bundle.TrustDomain), IncludeRetry);
        bool isFirst = true;
        int written = 0;
        foreach (WatchEvent<IReadOnlyList<SpiffeBundle>> news in watch.ToBlockingEnumerable(cancellationToken))
        {
            Remember(news.Value);
            Tell(news);
            if (isFirst && news.Value is { } bundles)
            {
                // What is missing now may come later: report it, and continue.
                foreach (TrustDomain missing in (TrustDomain ?? []).Except(bundles.Select(bundle => bundle.TrustDomain)))
                {
                    WriteWarning($"The Workload API has no bundle for '{missing}' yet.");
                }

                isFirst = false;
            }

            if (history.Apply(news) is { } update)
            {
                WriteObject(update);
                if (++written == Count)
                {
                    return;
                }
            }
        }
    }

    private void Tell(WatchEvent<IReadOnlyList<SpiffeBundle>> news)
    {
        if (news is { Error: { } error, RetryIn: { } retryIn })
        {
            WriteVerbose($"{error.Message} Next attempt in {retryIn.TotalSeconds:0.0} s.");
        }
        else if (news.Error is not null)
        {
            WriteWarning($"A message was discarded, and the last state is kept: {news.Error.Message}");
        }
    }
}
