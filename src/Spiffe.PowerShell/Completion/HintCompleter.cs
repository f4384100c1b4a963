namespace Spiffe.Commands;

/// <summary>Completes hints of this process's SVIDs.</summary>
internal sealed class HintCompleter : WorkloadApiCompleter
{
    protected override async Task<IEnumerable<string>> FindAsync(
        IWorkloadApi api, CancellationToken cancellationToken) =>
        (await api.FetchX509SvidsAsync(cancellationToken).ConfigureAwait(false))
            .Select(svid => svid.Hint)
            .Where(hint => hint.Length > 0);
}
