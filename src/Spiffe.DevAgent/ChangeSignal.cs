namespace Spiffe.DevAgent;

/// <summary>Tells everyone who waits that the agent's state has changed; what has changed, they look up themselves.</summary>
/// <remarks>Take <see cref="Next"/> before you read the state: then no change between the two is missed.</remarks>
internal sealed class ChangeSignal
{
    // A wait that the clock ends may be ended by it a moment early.
    private static readonly TimeSpan s_grain = TimeSpan.FromMilliseconds(1);

    // Task.Delay takes no longer time than some 49 days.
    private static readonly TimeSpan s_longest = TimeSpan.FromDays(1);

    private TaskCompletionSource _next = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private int _version;

    /// <summary>Completes with the next change.</summary>
    public Task Next => Volatile.Read(ref _next).Task;

    /// <summary>How many changes there were.</summary>
    public int Version => Volatile.Read(ref _version);

    public void Raise()
    {
        Interlocked.Increment(ref _version);
        Interlocked.Exchange(ref _next, new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously)).SetResult();
    }

    /// <summary>Waits for a change, for an instant, or for the end.</summary>
    public static async Task WaitAsync(Task change, DateTimeOffset until, CancellationToken cancellationToken)
    {
        for (TimeSpan left = until - DateTimeOffset.UtcNow; left > TimeSpan.Zero; left = until - DateTimeOffset.UtcNow)
        {
            using CancellationTokenSource source = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
            TimeSpan pause = left < s_longest ? left + s_grain : s_longest;
            await Task.WhenAny(change, Task.Delay(pause, source.Token));
            await source.CancelAsync();
            cancellationToken.ThrowIfCancellationRequested();
            if (change.IsCompleted)
            {
                return;
            }
        }
    }
}
