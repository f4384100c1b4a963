namespace Spiffe.Helper;

/// <summary>A watch, and what its news leads to.</summary>
/// <typeparam name="T">The state that is watched.</typeparam>
internal sealed class NewsSource<T> : INewsSource
    where T : class
{
    private readonly IAsyncEnumerator<WatchEvent<T>> _watch;
    private readonly Func<WatchEvent<T>, Task<IReadOnlyList<HelperEvent>>> _handle;
    private Task<bool> _next;

    public NewsSource(IAsyncEnumerable<WatchEvent<T>> watch, Func<WatchEvent<T>, Task<IReadOnlyList<HelperEvent>>> handle)
    {
        _watch = watch.GetAsyncEnumerator(CancellationToken.None);
        _handle = handle;
        _next = MoveNext();
    }

    public Task Next => _next;

    public async Task<IReadOnlyList<HelperEvent>> TakeAsync()
    {
        if (!await _next.ConfigureAwait(false))
        {
            throw new InvalidOperationException("A watch of the Workload API has ended without an error.");
        }

        IReadOnlyList<HelperEvent> events = await _handle(_watch.Current).ConfigureAwait(false);
        _next = MoveNext();
        return events;
    }

    /// <summary>The watch must have been cancelled before.</summary>
    public async ValueTask DisposeAsync()
    {
        await ((Task)_next).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        await _watch.DisposeAsync().ConfigureAwait(false);
    }

    /// <summary>On a thread of its own: over the native library, the one that asks for a token waits for it, and others are not to.</summary>
    private Task<bool> MoveNext() => Task.Run(() => _watch.MoveNextAsync().AsTask());
}
