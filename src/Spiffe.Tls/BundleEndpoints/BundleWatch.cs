using System.Diagnostics;
using System.Runtime.CompilerServices;

namespace Spiffe.Tls;

/// <summary>Polls bundle endpoints (Federation, sections 4.1 and 6.2).</summary>
public static class BundleWatch
{
    /// <summary>The bundle now, and again whenever it changes. A poll that fails is news too, and the next one takes its turn.</summary>
    /// <param name="fetch">What is fetched.</param>
    /// <param name="interval">How often.</param>
    /// <param name="cancellationToken">Ends the watch, and nothing else does.</param>
    public static async IAsyncEnumerable<WatchEvent<IReadOnlyList<SpiffeBundle>>> WatchAsync(
        this BundleFetch fetch, PollInterval interval, [EnumeratorCancellation] CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(fetch);
        ArgumentNullException.ThrowIfNull(interval);
        while (true)
        {
            long start = Stopwatch.GetTimestamp();
            SpiffeBundle? before = fetch.Latest;
            SpiffeException? failure = await TryFetchAsync(fetch, cancellationToken).ConfigureAwait(false);
            TimeSpan pause = interval.Next(fetch.Latest);
            if (failure is not null)
            {
                yield return WatchEvent<IReadOnlyList<SpiffeBundle>>.Retrying(failure, pause);
            }
            else if (!fetch.Latest!.Equals(before))
            {
                yield return WatchEvent<IReadOnlyList<SpiffeBundle>>.Changed([fetch.Latest]);
            }

            // What the fetch and the reader took is part of the pause.
            TimeSpan left = pause - Stopwatch.GetElapsedTime(start);
            if (left > TimeSpan.Zero)
            {
                await Task.Delay(left, cancellationToken).ConfigureAwait(false);
            }
        }
    }

    private static async Task<SpiffeException?> TryFetchAsync(BundleFetch fetch, CancellationToken cancellationToken)
    {
        try
        {
            await fetch.FetchAsync(cancellationToken).ConfigureAwait(false);
            return null;
        }
        catch (SpiffeException exception)
        {
            return exception;
        }
    }
}
