namespace Spiffe;

/// <summary>One of the streams that <see cref="BundleStreams"/> follows, and what it said last.</summary>
internal sealed class BundleStream : IAsyncDisposable
{
    private readonly IAsyncEnumerator<WatchEvent<IReadOnlyList<SpiffeBundle>>> _watch;

    public BundleStream(IAsyncEnumerator<WatchEvent<IReadOnlyList<SpiffeBundle>>> watch)
    {
        _watch = watch;
        Next = watch.MoveNextAsync().AsTask();
    }

    /// <summary>Completes with the next piece of news.</summary>
    public Task<bool> Next { get; private set; }

    /// <summary>The stream's last state; null as long as it has not answered.</summary>
    public IReadOnlyList<SpiffeBundle>? Bundles { get; private set; }

    /// <summary>Whether the agent does without this profile.</summary>
    public bool HasEnded { get; private set; }

    /// <summary>Takes the news that <see cref="Next"/> has brought; null where the agent does without this profile.</summary>
    /// <param name="isLast">Whether no other stream is left to follow: then the end of this one is an exception.</param>
    public async Task<WatchEvent<IReadOnlyList<SpiffeBundle>>?> TakeAsync(bool isLast)
    {
        try
        {
            _ = await Next.ConfigureAwait(false) ? true : throw new InvalidOperationException("A watch has no end.");
        }
        catch (SpiffeException exception) when (exception.Reason == SpiffeErrorReason.ProfileNotSupported && !isLast)
        {
            HasEnded = true;
            Bundles = [];
            return null;
        }

        WatchEvent<IReadOnlyList<SpiffeBundle>> news = _watch.Current;
        Bundles = news.Value ?? (news.Error!.Reason == SpiffeErrorReason.NoIdentityIssued ? [] : Bundles);
        Next = _watch.MoveNextAsync().AsTask();
        return news;
    }

    /// <summary>Ends the watch; cancel it first.</summary>
    public async ValueTask DisposeAsync()
    {
        // An enumerator may not be disposed of while it moves.
        await ((Task)Next).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        await _watch.DisposeAsync().ConfigureAwait(false);
    }
}
