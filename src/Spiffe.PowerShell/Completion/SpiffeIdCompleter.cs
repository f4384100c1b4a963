namespace Spiffe.Commands;

/// <summary>Completes SPIFFE IDs that the Workload API has given to this process.</summary>
internal sealed class SpiffeIdCompleter : SeenNameCompleter
{
    protected override IEnumerable<string> Select(SeenNames names) => names.SpiffeIds;
}
