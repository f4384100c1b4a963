using System.Management.Automation;

namespace Spiffe.Commands;

[Cmdlet(VerbsCommon.Watch, "SpiffeSvid")]
[OutputType(typeof(SvidUpdate))]
public sealed class WatchSpiffeSvidCommand : WorkloadApiCommand
{
    /// <summary>A watch has no natural end: unless the user sets a time, it has none.</summary>
    public WatchSpiffeSvidCommand() => TimeoutSec = 0;

    [Parameter]
    public SvidType Type { get; set; } = SvidType.X509;

    [Parameter]
    [ValidateNotNullOrEmpty]
    public string[] Audience { get; set; } = [];

    [Parameter(Position = 0)]
    [ArgumentCompleter(typeof(SpiffeIdCompleter))]
    [ValidateNotNull]
    public SpiffeId[] SpiffeId { get; set; } = [];

    [Parameter]
    [ArgumentCompleter(typeof(HintCompleter))]
    [ValidateNotNullOrEmpty]
    public string[] Hint { get; set; } = [];

    [Parameter]
    [ValidateRange(1, int.MaxValue)]
    public int Count { get; set; } = int.MaxValue;

    [Parameter]
    public SwitchParameter IncludeRetry { get; set; }

    protected override void BeginProcessing()
    {
        if ((Type == SvidType.Jwt) != (Audience.Length > 0))
        {
            ThrowTerminatingError(new ErrorRecord(
                new PSArgumentException(
                    Type == SvidType.Jwt
                        ? "JWT-SVIDs are issued for an audience. Give -Audience with -Type Jwt."
                        : "X509-SVIDs have no audience. Give -Type Jwt, or leave -Audience away.",
                    nameof(Audience)),
                "AudienceMismatch",
                ErrorCategory.InvalidArgument,
                Type));
        }
    }

    protected override void ProcessRecord() => Guard(() =>
    {
        WorkloadApiEndpoint endpoint = ResolveEndpoint();
        IWorkloadApi api = WorkloadApiFactory.For(endpoint);
        using CancellationTokenSource source = CreateTimeout();
        try
        {
            if (Type == SvidType.Jwt)
            {
                SpiffeId? only = SpiffeId.Length == 1 ? SpiffeId[0] : null;
                Follow(api.WatchJwtSvidsAsync(Audience, only, source.Token), source.Token);
            }
            else
            {
                Follow(api.WatchX509SvidsAsync(source.Token), source.Token);
            }
        }
        catch (OperationCanceledException) when (HasTimedOut(source))
        {
            throw TimedOut($"The watch of {endpoint} has lasted the {TimeoutSec} s that were set for it.");
        }
    });

    private void Follow<TSvid>(
        IAsyncEnumerable<WatchEvent<IReadOnlyList<TSvid>>> watch, CancellationToken cancellationToken)
        where TSvid : Svid
    {
        SvidSelection selection = new(SpiffeId, Hint);
        SvidHistory history = new(selection.IsMatch, IncludeRetry);
        bool isFirst = true;
        int written = 0;
        foreach (WatchEvent<IReadOnlyList<TSvid>> news in watch.ToBlockingEnumerable(cancellationToken))
        {
            Tell(news);
            if (isFirst && news.Value is { } svids)
            {
                // What is missing now may come later: say so, and go on.
                selection.Report(svids, (_, message, _) => WriteWarning(message));
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

    private void Tell<TSvid>(WatchEvent<IReadOnlyList<TSvid>> news)
    {
        if (news is { Error: { } error, RetryIn: { } retryIn })
        {
            WriteVerbose($"{error.Message} Next try in {retryIn.TotalSeconds:0.0} s.");
        }
        else if (news.Error is not null)
        {
            WriteWarning($"A message was discarded, and what was known before stays: {news.Error.Message}");
        }
    }
}
