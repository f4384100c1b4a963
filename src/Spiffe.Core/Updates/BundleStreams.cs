using System.Runtime.CompilerServices;

namespace Spiffe;

/// <summary>The two bundle streams of the Workload API, X.509 and JWT, followed as one.</summary>
public static class BundleStreams
{
    /// <summary>The bundles of all trust domains, each with both kinds of authorities, now and again whenever they change.</summary>
    /// <remarks>
    /// The first state comes when both streams have answered. An agent without one of the profiles is followed in the other
    /// (Workload API, section 1); without both, the watch ends as either stream does.
    /// </remarks>
    public static async IAsyncEnumerable<WatchEvent<IReadOnlyList<SpiffeBundle>>> WatchBundlesAsync(
        this IWorkloadApi api, [EnumeratorCancellation] CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(api);
        using CancellationTokenSource stop = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        BundleStream[] streams =
        [
            new(api.WatchX509BundlesAsync(stop.Token).GetAsyncEnumerator(stop.Token)),
            new(api.WatchJwtBundlesAsync(stop.Token).GetAsyncEnumerator(stop.Token)),
        ];
        try
        {
            while (true)
            {
                Task next = await Task.WhenAny(streams.Where(stream => !stream.HasEnded).Select(stream => stream.Next)).ConfigureAwait(false);
                BundleStream stream = streams.First(stream => stream.Next == next);
                WatchEvent<IReadOnlyList<SpiffeBundle>>? news = await stream.TakeAsync(
                    isLast: streams.Any(other => other != stream && other.HasEnded)).ConfigureAwait(false);
                if (Combine(news, streams) is { } combined)
                {
                    yield return combined;
                }
            }
        }
        finally
        {
            await stop.CancelAsync().ConfigureAwait(false);
            foreach (BundleStream stream in streams)
            {
                await stream.DisposeAsync().ConfigureAwait(false);
            }
        }
    }

    /// <summary>One bundle of each trust domain, with the authorities of both kinds, sorted by name.</summary>
    internal static IReadOnlyList<SpiffeBundle> Join(IEnumerable<SpiffeBundle> bundles) =>
    [
        .. bundles
            .GroupBy(bundle => bundle.TrustDomain)
            .Select(group => new SpiffeBundle(
                group.Key,
                group.SelectMany(bundle => bundle.X509Authorities),
                group.SelectMany(bundle => bundle.JwtAuthorities),
                revocationLists: group.SelectMany(bundle => bundle.RevocationLists)))
            .OrderBy(bundle => bundle.TrustDomain),
    ];

    /// <summary>What news of one stream means for both; null where the other has not answered yet.</summary>
    private static WatchEvent<IReadOnlyList<SpiffeBundle>>? Combine(
        WatchEvent<IReadOnlyList<SpiffeBundle>>? news, BundleStream[] streams)
    {
        // What one stream withdraws leaves what the other has.
        bool isState = news is null or { Value: not null } ||
            (news.Error!.Reason == SpiffeErrorReason.NoIdentityIssued && streams.Any(stream => stream.Bundles is { Count: > 0 }));
        return !isState ? news
            : streams.All(stream => stream.Bundles is not null)
                ? WatchEvent<IReadOnlyList<SpiffeBundle>>.Changed(Join(streams.SelectMany(stream => stream.Bundles!)))
                : null;
    }
}
