using System.Collections;
using System.Globalization;

namespace Spiffe.Commands;

/// <summary>Completes the processes of development agents that this PowerShell process started.</summary>
internal sealed class DevAgentCompleter : NameCompleter
{
    protected override IEnumerable<Choice> Find(IDictionary boundParameters) =>
        RunningDevAgents.Find().Select(agent => new Choice(agent.Id.ToString(CultureInfo.InvariantCulture), agent.Endpoint));
}
