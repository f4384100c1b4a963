namespace Spiffe.Commands;

/// <summary>Completes audiences of the tokens that the Workload API has given to this process.</summary>
internal sealed class AudienceCompleter : SeenNameCompleter
{
    protected override IEnumerable<string> Select(SeenNames names) => names.Audiences;
}
