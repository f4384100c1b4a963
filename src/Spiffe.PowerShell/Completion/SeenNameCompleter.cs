using System.Collections;

namespace Spiffe.Commands;

/// <summary>Completes names in earlier answers of the Workload API.</summary>
internal abstract class SeenNameCompleter : NameCompleter
{
    protected override IEnumerable<string> Find(IDictionary boundParameters)
    {
        string? text = (boundParameters["Endpoint"] ?? boundParameters["SocketPath"])?.ToString()
            ?? Environment.GetEnvironmentVariable(WorkloadApiEndpoint.EnvironmentVariable);
        try
        {
            return string.IsNullOrEmpty(text) ? [] : Select(SeenNames.At(WorkloadApiEndpoint.ParseUserInput(text).ToString()));
        }
        catch (SpiffeException)
        {
            // A completer has no place for a message; the cmdlet itself will say it.
            return [];
        }
    }

    protected abstract IEnumerable<string> Select(SeenNames names);
}
