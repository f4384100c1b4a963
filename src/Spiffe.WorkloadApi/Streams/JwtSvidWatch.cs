using System.Diagnostics;
using System.Runtime.CompilerServices;

namespace Spiffe.WorkloadApi;

/// <summary>Keeps JWT-SVIDs fresh: the API issues them on request, so they are asked for again in time.</summary>
internal static class JwtSvidWatch
{
    /// <summary>How long an agent may take to issue; the next try may find it in better health.</summary>
    public static readonly TimeSpan Patience = TimeSpan.FromSeconds(30);

    private static readonly TimeSpan s_shortest = TimeSpan.FromSeconds(1);
    private static readonly TimeSpan s_longest = TimeSpan.FromDays(1);

    /// <summary>How long to wait with the next request: less than half of what is left, and at most a day.</summary>
    /// <param name="left">The life that is left of the first token to expire.</param>
    public static TimeSpan RefreshIn(TimeSpan left)
    {
        TimeSpan pause = left * 0.45;
        return pause < s_shortest ? s_shortest : pause > s_longest ? s_longest : pause;
    }

    public static async IAsyncEnumerable<WatchEvent<IReadOnlyList<JwtSvid>>> WatchAsync(
        WorkloadApiEndpoint endpoint,
        Func<CancellationToken, Task<IReadOnlyList<JwtSvid>>> fetchAsync,
        TimeSpan patience,
        [EnumeratorCancellation] CancellationToken cancellationToken)
    {
        RetryDelay delay = new();
        while (true)
        {
            DateTime? socket = SocketFile.FindTime(endpoint);
            (IReadOnlyList<JwtSvid>? svids, SpiffeException? failure) =
                await TryFetchAsync(fetchAsync, patience, cancellationToken).ConfigureAwait(false);
            TimeSpan pause = svids is null ? delay.Next() : RefreshIn(svids.Min(svid => svid.ExpiresIn));
            if (svids is not null)
            {
                delay.Reset();
            }

            long fetched = Stopwatch.GetTimestamp();
            yield return svids is not null
                ? WatchEvent<IReadOnlyList<JwtSvid>>.Changed(svids)
                : WatchEvent<IReadOnlyList<JwtSvid>>.Retrying(failure!, pause);

            // What the reader took for itself is part of the pause.
            TimeSpan left = pause - Stopwatch.GetElapsedTime(fetched);
            left = left > TimeSpan.Zero ? left : TimeSpan.Zero;
            if (svids is not null)
            {
                await Task.Delay(left, cancellationToken).ConfigureAwait(false);
            }
            else if (await SocketFile.WaitForOtherAsync(endpoint, socket, left, cancellationToken).ConfigureAwait(false))
            {
                delay.StartAgain();
            }
        }
    }

    private static async Task<(IReadOnlyList<JwtSvid>? Svids, SpiffeException? Failure)> TryFetchAsync(
        Func<CancellationToken, Task<IReadOnlyList<JwtSvid>>> fetchAsync,
        TimeSpan patience,
        CancellationToken cancellationToken)
    {
        using CancellationTokenSource impatience = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        impatience.CancelAfter(patience);
        try
        {
            return (await fetchAsync(impatience.Token).ConfigureAwait(false), null);
        }
        catch (SpiffeException exception) when (exception.Reason
            is not (SpiffeErrorReason.RequestRejected or SpiffeErrorReason.ProfileNotSupported))
        {
            return (null, exception);
        }
        catch (OperationCanceledException exception) when (!cancellationToken.IsCancellationRequested)
        {
            return (null, new SpiffeException(
                SpiffeErrorReason.Timeout,
                $"The agent did not issue a JWT-SVID within {patience.TotalSeconds} s.",
                exception));
        }
    }
}
