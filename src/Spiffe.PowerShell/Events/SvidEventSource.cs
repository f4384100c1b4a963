using System.Diagnostics.CodeAnalysis;

namespace Spiffe;

/// <summary>Raises an event for each change of SVIDs. PowerShell's event manager listens, and runs scripts on its own thread.</summary>
[SuppressMessage("Design", "CA1001", Justification = "What holds a timer goes with the watch; the event manager, which has the source, disposes of nothing.")]
public sealed class SvidEventSource
{
    private readonly CancellationTokenSource _stop = new();
    private readonly CancellationTokenSource _end;
    private readonly TimeSpan _limit;

    /// <param name="limit">How long the watch lasts; zero for no limit.</param>
    internal SvidEventSource(TimeSpan limit)
    {
        _limit = limit;
        _end = CancellationTokenSource.CreateLinkedTokenSource(_stop.Token);
        if (limit > TimeSpan.Zero)
        {
            _end.CancelAfter(limit);
        }
    }

    /// <summary>SVIDs have changed, or something went wrong.</summary>
    public event EventHandler<SvidEventArgs>? Updated;

    /// <summary>Whether the call to the agent has ended.</summary>
    public bool HasEnded { get; private set; }

    /// <summary>Ends with <see cref="Stop"/>, and when the time is over.</summary>
    internal CancellationToken EndToken => _end.Token;

    /// <summary>Follows SVIDs until <see cref="Stop"/>.</summary>
    /// <param name="watch">What is followed; it ends with <see cref="EndToken"/>.</param>
    /// <param name="history">Makes updates of it.</param>
    internal void Start<TSvid>(IAsyncEnumerable<WatchEvent<IReadOnlyList<TSvid>>> watch, SvidHistory history)
        where TSvid : Svid =>
        _ = Task.Run(() => FollowAsync(watch, history));

    /// <summary>Ends the call to the agent. No more events follow.</summary>
    internal void Stop() => _stop.Cancel();

    private async Task FollowAsync<TSvid>(IAsyncEnumerable<WatchEvent<IReadOnlyList<TSvid>>> watch, SvidHistory history)
        where TSvid : Svid
    {
        try
        {
            await foreach (WatchEvent<IReadOnlyList<TSvid>> news in watch.ConfigureAwait(false))
            {
                if (history.Apply(news) is { } update)
                {
                    Raise(new SvidEventArgs(update, error: null, hasEnded: false));
                }
                else if (news is { Error: { } discarded, RetryIn: null })
                {
                    Raise(new SvidEventArgs(update: null, discarded, hasEnded: false));
                }
            }
        }
        catch (SpiffeException exception)
        {
            Raise(new SvidEventArgs(update: null, exception, hasEnded: true));
        }
        catch (OperationCanceledException) when (_end.IsCancellationRequested)
        {
            // Without a subscriber, or after its runspace was closed, this has no effect.
            Raise(new SvidEventArgs(
                update: null,
                new SpiffeException(SpiffeErrorReason.Timeout, $"The watch has reached its limit of {_limit.TotalSeconds} s."),
                hasEnded: true));
        }
        finally
        {
            HasEnded = true;
            _end.Dispose();
        }
    }

    private void Raise(SvidEventArgs news)
    {
        if (!_stop.IsCancellationRequested)
        {
            Updated?.Invoke(this, news);
        }
    }
}
