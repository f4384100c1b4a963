namespace Spiffe.Commands;

/// <summary>Completes hints that the Workload API has given to this process.</summary>
internal sealed class HintCompleter : SeenNameCompleter
{
    protected override IEnumerable<string> Select(SeenNames names) => names.Hints;
}
