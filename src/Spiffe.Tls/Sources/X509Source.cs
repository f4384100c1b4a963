namespace Spiffe.Tls;

/// <summary>Where the newest SVID and the newest bundles come from. Every member may be called from any thread, at any time.</summary>
public abstract class X509Source : IDisposable
{
    private protected X509Source()
    {
    }

    /// <summary>A source that follows the Workload API, from the first time that it is asked until it is disposed of.</summary>
    /// <param name="api">The Workload API.</param>
    /// <param name="choice">Which identity is shown to peers.</param>
    public static X509Source Follow(IWorkloadApi api, SvidChoice choice)
    {
        ArgumentNullException.ThrowIfNull(api);
        ArgumentNullException.ThrowIfNull(choice);
        return new WorkloadApiX509Source(api, choice);
    }

    /// <summary>A source that never changes, for SVIDs and bundles from files.</summary>
    /// <param name="svid">The identity that is shown to peers; null to show none.</param>
    /// <param name="bundles">The bundles that peers are verified with.</param>
    public static X509Source Fixed(X509Svid? svid, IEnumerable<SpiffeBundle> bundles)
    {
        ArgumentNullException.ThrowIfNull(bundles);
        return new FixedX509Source(new X509Context(svid, bundles));
    }

    /// <summary>What is true now. It waits only for the first answer, and where the identity was withdrawn it asks again.</summary>
    /// <exception cref="SpiffeException">
    /// There is no identity, or none that was chosen; the agent cannot be reached; or what there is has expired.
    /// </exception>
    public abstract ValueTask<X509Context> GetAsync(CancellationToken cancellationToken);

    /// <inheritdoc/>
    public void Dispose()
    {
        Dispose(disposing: true);
        GC.SuppressFinalize(this);
    }

    private protected abstract void Dispose(bool disposing);
}
