namespace Spiffe.WorkloadApi;

/// <summary>What a reader has not taken yet: of each kind of news the latest, in the order in which they came.</summary>
/// <remarks>Never more than three items: a state, a message that was discarded, a retry. None displaces one of another kind.</remarks>
/// <typeparam name="T">The state.</typeparam>
internal sealed class LatestNews<T>
    where T : class
{
    private readonly Lock _lock = new();
    private readonly List<WatchEvent<T>> _untaken = [];
    private TaskCompletionSource _change = CreateChange();
    private bool _isComplete;

    public void Put(WatchEvent<T> news) => Change(() =>
    {
        _untaken.RemoveAll(older => KindOf(older) == KindOf(news));
        _untaken.Add(news);
    });

    /// <summary>There will be no more news.</summary>
    public void Complete() => Change(() => _isComplete = true);

    /// <summary>Waits for the next item; null once all are taken and no more will come.</summary>
    public async Task<WatchEvent<T>?> TakeAsync()
    {
        while (true)
        {
            Task change;
            lock (_lock)
            {
                if (_untaken is [{ } next, ..])
                {
                    _untaken.RemoveAt(0);
                    return next;
                }

                if (_isComplete)
                {
                    return null;
                }

                change = _change.Task;
            }

            await change.ConfigureAwait(false);
        }
    }

    private static (bool IsState, bool IsRetry) KindOf(WatchEvent<T> news) => (news.Value is not null, news.RetryIn is not null);

    private static TaskCompletionSource CreateChange() => new(TaskCreationOptions.RunContinuationsAsynchronously);

    private void Change(Action change)
    {
        TaskCompletionSource changed;
        lock (_lock)
        {
            change();
            changed = _change;
            _change = CreateChange();
        }

        changed.SetResult();
    }
}
