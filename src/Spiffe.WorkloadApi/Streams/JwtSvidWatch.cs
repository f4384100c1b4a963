using System.Runtime.CompilerServices;

namespace Spiffe.WorkloadApi;

/// <summary>Keeps JWT-SVIDs fresh: the API issues them on request, so they are asked for again in time.</summary>
internal static class JwtSvidWatch
{
    private static readonly TimeSpan s_shortest = TimeSpan.FromSeconds(1);

    public static async IAsyncEnumerable<WatchEvent<IReadOnlyList<JwtSvid>>> WatchAsync(
        Func<CancellationToken, Task<IReadOnlyList<JwtSvid>>> fetchAsync,
        [EnumeratorCancellation] CancellationToken cancellationToken)
    {
        RetryDelay delay = new();
        while (true)
        {
            (IReadOnlyList<JwtSvid>? svids, SpiffeException? failure) =
                await TryFetchAsync(fetchAsync, cancellationToken).ConfigureAwait(false);
            TimeSpan pause = svids is null ? delay.Next() : RefreshIn(svids);
            if (svids is not null)
            {
                delay.Reset();
            }

            yield return svids is not null
                ? WatchEvent<IReadOnlyList<JwtSvid>>.Changed(svids)
                : WatchEvent<IReadOnlyList<JwtSvid>>.Retrying(failure!, pause);
            await Task.Delay(pause, cancellationToken).ConfigureAwait(false);
        }
    }

    /// <summary>Before half of what is left of the first token to expire is gone.</summary>
    private static TimeSpan RefreshIn(IReadOnlyList<JwtSvid> svids)
    {
        TimeSpan pause = svids.Min(svid => svid.ExpiresIn) * 0.45;
        return pause > s_shortest ? pause : s_shortest;
    }

    private static async Task<(IReadOnlyList<JwtSvid>? Svids, SpiffeException? Failure)> TryFetchAsync(
        Func<CancellationToken, Task<IReadOnlyList<JwtSvid>>> fetchAsync, CancellationToken cancellationToken)
    {
        try
        {
            return (await fetchAsync(cancellationToken).ConfigureAwait(false), null);
        }
        catch (SpiffeException exception) when (exception.Reason
            is not (SpiffeErrorReason.RequestRejected or SpiffeErrorReason.ProfileNotSupported))
        {
            return (null, exception);
        }
    }
}
