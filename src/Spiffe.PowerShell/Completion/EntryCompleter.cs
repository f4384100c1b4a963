using System.Collections;

namespace Spiffe.Commands;

/// <summary>Completes the SPIFFE IDs of entries that this process gave to its development agents.</summary>
internal sealed class EntryCompleter : NameCompleter
{
    protected override IEnumerable<Choice> Find(IDictionary boundParameters) =>
        RunningDevAgents.Find().SelectMany(agent => SeenNames.At(agent.Endpoint).SpiffeIds).Select(id => new Choice(id));
}
