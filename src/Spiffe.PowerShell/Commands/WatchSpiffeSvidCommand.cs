using System.Management.Automation;

namespace Spiffe.Commands;

[Cmdlet(VerbsCommon.Watch, "SpiffeSvid", DefaultParameterSetName = SelectedSet)]
[OutputType(typeof(SvidUpdate))]
public sealed class WatchSpiffeSvidCommand : SvidWatchCommand
{
    private static readonly TimeSpan s_patience = TimeSpan.FromSeconds(30);

    /// <summary>A watch has no natural end: unless the user sets a time, it has none.</summary>
    public WatchSpiffeSvidCommand() => TimeoutSec = 0;

    [Parameter]
    [ValidateRange(1, int.MaxValue)]
    [NotAFile]
    public int Count { get; set; } = int.MaxValue;

    [Parameter]
    public SwitchParameter IncludeRetry { get; set; }

    protected override void ProcessRecord() => Guard(() =>
    {
        WorkloadApiEndpoint endpoint = ResolveEndpoint();
        IWorkloadApi api = WorkloadApiFactory.For(endpoint);
        using CancellationTokenSource source = CreateTimeout();
        try
        {
            if (Type == SvidType.Jwt)
            {
                Follow(api.WatchJwtSvidsAsync(Audience, OnlyId, source.Token), () => FindAll(api, source.Token), source.Token);
            }
            else
            {
                Follow(api.WatchX509SvidsAsync(source.Token), () => [], source.Token);
            }
        }
        catch (OperationCanceledException) when (HasTimedOut(source))
        {
            throw TimedOut($"The watch of {endpoint} has reached its limit of {TimeoutSec} s.");
        }
    });

    /// <summary>Writes what changes, and says once what was asked for and is not there.</summary>
    /// <param name="watch">What is followed.</param>
    /// <param name="findAll">Asks for what there is where the answer to a request for one identity is that it has none.</param>
    /// <param name="cancellationToken">Ends the watch.</param>
    private void Follow<TSvid>(
        IAsyncEnumerable<WatchEvent<IReadOnlyList<TSvid>>> watch,
        Func<IReadOnlyList<TSvid>> findAll,
        CancellationToken cancellationToken)
        where TSvid : Svid
    {
        Selection<Svid> selection = SvidSelection.Create<Svid>(SpiffeId, Hint);
        SvidHistory history = new(CreateFilter(), IncludeRetry);
        bool isFirst = true;
        int written = 0;
        foreach (WatchEvent<IReadOnlyList<TSvid>> news in watch.ToBlockingEnumerable(cancellationToken))
        {
            Remember(news.Value);
            Tell(news);
            if (isFirst && (news.Value ?? (HasNoIdentity(news) ? findAll() : [])) is { Count: > 0 } svids)
            {
                // What is missing now may come later: report it, and continue.
                selection.Select(svids, (missing, _) => WriteWarning(missing.Message));
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

    private static bool HasNoIdentity<TSvid>(WatchEvent<IReadOnlyList<TSvid>> news) =>
        news.Error?.Reason == SpiffeErrorReason.NoIdentityIssued;

    /// <summary>The JWT-SVIDs of all identities; none if the agent returns none.</summary>
    private IReadOnlyList<JwtSvid> FindAll(IWorkloadApi api, CancellationToken cancellationToken)
    {
        if (OnlyId is null)
        {
            return [];
        }

        using CancellationTokenSource impatience = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        impatience.CancelAfter(s_patience);
        try
        {
            return api.FetchJwtSvidsAsync(Audience, spiffeId: null, impatience.Token).GetAwaiter().GetResult();
        }
        catch (SpiffeException exception)
        {
            WriteVerbose(exception.Message);
            return [];
        }
        catch (OperationCanceledException) when (!cancellationToken.IsCancellationRequested)
        {
            WriteVerbose("The agent did not name the identities in time.");
            return [];
        }
    }

    private void Tell<TSvid>(WatchEvent<IReadOnlyList<TSvid>> news)
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
