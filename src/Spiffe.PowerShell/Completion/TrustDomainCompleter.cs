namespace Spiffe.Commands;

/// <summary>Completes the trust domains that the Workload API has X.509 bundles of.</summary>
internal sealed class TrustDomainCompleter : WorkloadApiCompleter
{
    protected override async Task<IEnumerable<string>> FindAsync(
        IWorkloadApi api, CancellationToken cancellationToken) =>
        (await api.FetchX509BundlesAsync(cancellationToken).ConfigureAwait(false))
            .Select(bundle => bundle.TrustDomain.Name);
}
