using System.Collections;
using System.Management.Automation;

namespace Spiffe.Commands;

/// <summary>Completes names in earlier answers of the Workload API.</summary>
internal abstract class SeenNameCompleter : NameCompleter
{
    protected override IEnumerable<Choice> Find(IDictionary boundParameters)
    {
        string? text = (boundParameters["Endpoint"] ?? boundParameters["SocketPath"])?.ToString()
            ?? Environment.GetEnvironmentVariable(WorkloadApiEndpoint.EnvironmentVariable);
        if (string.IsNullOrEmpty(text))
        {
            return [];
        }

        try
        {
            WorkloadApiEndpoint endpoint = UserEndpoint.Parse(text, path => FindSession().Path.GetUnresolvedProviderPathFromPSPath(path));
            return Select(SeenNames.At(endpoint.ToString())).Select(name => new Choice(name));
        }
        catch (Exception exception) when (exception is SpiffeException or RuntimeException)
        {
            // A completer has no place for a message; the cmdlet itself will say it.
            return [];
        }
    }

    /// <summary>The session where Tab was pressed; a completer has no other way to its current location.</summary>
    private static SessionState FindSession() =>
        ((EngineIntrinsics)ScriptBlock.Create("$ExecutionContext").Invoke()[0].BaseObject).SessionState;

    protected abstract IEnumerable<string> Select(SeenNames names);
}
