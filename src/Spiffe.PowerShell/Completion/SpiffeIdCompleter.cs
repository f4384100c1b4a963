namespace Spiffe.Commands;

/// <summary>Completes SPIFFE IDs that this process has SVIDs for.</summary>
internal sealed class SpiffeIdCompleter : WorkloadApiCompleter
{
    protected override async Task<IEnumerable<string>> FindAsync(
        IWorkloadApi api, CancellationToken cancellationToken) =>
        (await api.FetchX509SvidsAsync(cancellationToken).ConfigureAwait(false)).Select(svid => svid.SpiffeId.ToString());
}
