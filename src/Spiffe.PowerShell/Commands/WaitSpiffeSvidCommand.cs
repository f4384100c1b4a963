using System.Diagnostics;
using System.Management.Automation;

namespace Spiffe.Commands;

[Cmdlet(VerbsLifecycle.Wait, "SpiffeSvid", DefaultParameterSetName = SelectedSet)]
[OutputType(typeof(X509Svid), typeof(JwtSvid))]
public sealed class WaitSpiffeSvidCommand : SvidWatchCommand
{
    private const int ActivityId = 0;

    private static readonly TimeSpan s_quiet = TimeSpan.FromSeconds(2);
    private static readonly TimeSpan s_tick = TimeSpan.FromMilliseconds(500);

    private string _status = "The agent has not answered yet.";

    [Parameter(ValueFromPipelineByPropertyName = true, ParameterSetName = SelectedSet)]
    [Alias("Thumbprint")]
    [ValidatePattern("^[0-9A-Fa-f]{40}$", ErrorMessage = "'{0}' is not a thumbprint; expected 40 hexadecimal digits.")]
    [NotAFile]
    public string? Renewed { get; set; }

    protected override void ProcessRecord() => Guard(() =>
    {
        WorkloadApiEndpoint endpoint = ResolveEndpoint();
        SvidGoal goal = CreateGoal();
        IWorkloadApi api = WorkloadApiFactory.For(endpoint);
        using CancellationTokenSource source = CreateTimeout();
        try
        {
            WriteObject(
                Type == SvidType.Jwt
                    ? Await(api.WatchJwtSvidsAsync(Audience, OnlyId, source.Token), goal, source.Token)
                    : Await(api.WatchX509SvidsAsync(source.Token), goal, source.Token),
                enumerateCollection: true);
        }
        catch (OperationCanceledException) when (HasTimedOut(source))
        {
            throw TimedOut($"Waited {TimeoutSec} s for {goal} from {endpoint}. {_status}");
        }
    });

    private SvidGoal CreateGoal() => Type == SvidType.X509 || Renewed is null
        ? new SvidGoal(SpiffeId, Hint, Renewed, Type == SvidType.Jwt ? "a JWT-SVID" : "an X509-SVID", CreateFilter())
        : throw new SpiffeException(
            SpiffeErrorReason.SvidTypeMismatch, "JWT-SVIDs have no thumbprint, and -Renewed names the thumbprint of an X509-SVID.");

    private IReadOnlyList<Svid> Await<TSvid>(
        IAsyncEnumerable<WatchEvent<IReadOnlyList<TSvid>>> events, SvidGoal goal, CancellationToken cancellationToken)
        where TSvid : Svid
    {
        long start = Stopwatch.GetTimestamp();
        IAsyncEnumerator<WatchEvent<IReadOnlyList<TSvid>>> watch = events.GetAsyncEnumerator(cancellationToken);
        bool hasProgress = false;
        try
        {
            while (true)
            {
                Task<bool> next = watch.MoveNextAsync().AsTask();
                while (Task.WaitAny([next], s_tick) < 0)
                {
                    hasProgress |= ShowProgress(goal, Stopwatch.GetElapsedTime(start));
                }

                next.GetAwaiter().GetResult();
                if (Take(watch.Current, goal) is { } svids)
                {
                    return svids;
                }
            }
        }
        finally
        {
            watch.DisposeAsync().AsTask().GetAwaiter().GetResult();
            if (hasProgress)
            {
                WriteProgress(new ProgressRecord(ActivityId, $"Waiting for {goal}", _status)
                {
                    RecordType = ProgressRecordType.Completed,
                });
            }
        }
    }

    /// <summary>The SVIDs that were waited for; null where they are not there, which the status then explains.</summary>
    private IReadOnlyList<Svid>? Take<TSvid>(WatchEvent<IReadOnlyList<TSvid>> news, SvidGoal goal)
        where TSvid : Svid
    {
        if (news.Value is { } svids)
        {
            Remember(svids);
            _status = goal.Explain(svids);
            WriteVerbose(_status);
            return goal.Find(svids);
        }

        _status = news.Error!.Message;
        if (news.RetryIn is { } retryIn)
        {
            WriteVerbose($"{_status} Next attempt in {retryIn.TotalSeconds:0.0} s.");
        }
        else
        {
            WriteWarning($"A message was discarded: {_status}");
        }

        return null;
    }

    private bool ShowProgress(SvidGoal goal, TimeSpan waited)
    {
        if (waited < s_quiet)
        {
            return false;
        }

        ProgressRecord progress = new(ActivityId, $"Waiting for {goal}", _status);
        if (TimeoutSec > 0)
        {
            progress.SecondsRemaining = Math.Max(0, TimeoutSec - (int)waited.TotalSeconds);
            progress.PercentComplete = Math.Min(100, (int)(100 * waited.TotalSeconds / TimeoutSec));
        }

        WriteProgress(progress);
        return true;
    }
}
