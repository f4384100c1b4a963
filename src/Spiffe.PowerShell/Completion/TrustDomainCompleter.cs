namespace Spiffe.Commands;

/// <summary>Completes trust domains that the Workload API has given to this process.</summary>
internal sealed class TrustDomainCompleter : SeenNameCompleter
{
    protected override IEnumerable<string> Select(SeenNames names) => names.TrustDomains;
}
