namespace Spiffe;

/// <summary>The SPIFFE Workload API as a client sees it. Every member may be called from any thread, at any time.</summary>
/// <remarks>
/// Fetches ask once and throw <see cref="SpiffeException"/>; watches retry, and throw only what cannot get
/// better by waiting (<see cref="SpiffeErrorReason.RequestRejected"/>, <see cref="SpiffeErrorReason.ProfileNotSupported"/>).
/// The thread that fetches may be the one that waits for the answer: the task is then complete when it returns. A watch has a
/// thread of its own. Cancellation ends the call on the server too.
/// </remarks>
public interface IWorkloadApi
{
    /// <summary>All X509-SVIDs of this process in the server's order, at least one (Workload API, section 5.2.1).</summary>
    Task<IReadOnlyList<X509Svid>> FetchX509SvidsAsync(CancellationToken cancellationToken);

    /// <summary>All X509-SVIDs now, and again whenever they change.</summary>
    IAsyncEnumerable<WatchEvent<IReadOnlyList<X509Svid>>> WatchX509SvidsAsync(CancellationToken cancellationToken);

    /// <summary>The X.509 bundles of this trust domain and of those it federates with (section 5.2.2).</summary>
    Task<IReadOnlyList<SpiffeBundle>> FetchX509BundlesAsync(CancellationToken cancellationToken);

    /// <summary>The X.509 bundles now, and again whenever they change.</summary>
    IAsyncEnumerable<WatchEvent<IReadOnlyList<SpiffeBundle>>> WatchX509BundlesAsync(CancellationToken cancellationToken);

    /// <summary>JWT-SVIDs for an audience, for one identity or, with null, for all (section 6.2.1).</summary>
    Task<IReadOnlyList<JwtSvid>> FetchJwtSvidsAsync(
        IReadOnlyCollection<string> audience, SpiffeId? spiffeId, CancellationToken cancellationToken);

    /// <summary>JWT-SVIDs for an audience now, and fresh ones before half of the life of the first to expire is gone.</summary>
    IAsyncEnumerable<WatchEvent<IReadOnlyList<JwtSvid>>> WatchJwtSvidsAsync(
        IReadOnlyCollection<string> audience, SpiffeId? spiffeId, CancellationToken cancellationToken);

    /// <summary>The JWT bundles of this trust domain and of those it federates with (section 6.2.2).</summary>
    Task<IReadOnlyList<SpiffeBundle>> FetchJwtBundlesAsync(CancellationToken cancellationToken);

    /// <summary>The JWT bundles now, and again whenever they change.</summary>
    IAsyncEnumerable<WatchEvent<IReadOnlyList<SpiffeBundle>>> WatchJwtBundlesAsync(CancellationToken cancellationToken);

    /// <summary>The agent's verdict on a token (section 6.2.3). A token that it refuses is an answer, not an exception.</summary>
    Task<JwtValidation> ValidateJwtSvidAsync(string token, string audience, CancellationToken cancellationToken);
}
