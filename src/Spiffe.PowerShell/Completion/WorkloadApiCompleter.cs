using System.Collections;
using System.Management.Automation;
using System.Management.Automation.Language;

namespace Spiffe.Commands;

/// <summary>Completes a parameter with what the Workload API has now; with nothing where it cannot be asked quickly.</summary>
internal abstract class WorkloadApiCompleter : IArgumentCompleter
{
    private static readonly TimeSpan s_patience = TimeSpan.FromSeconds(1);

    public IEnumerable<CompletionResult> CompleteArgument(
        string commandName,
        string parameterName,
        string wordToComplete,
        CommandAst commandAst,
        IDictionary fakeBoundParameters)
    {
        string word = wordToComplete.Trim('\'', '"');
        return Find(fakeBoundParameters)
            .Where(value => value.StartsWith(word, StringComparison.OrdinalIgnoreCase) && IsTypable(value))
            .Distinct()
            .Select(value => new CompletionResult(
                $"'{CodeGeneration.EscapeSingleQuotedStringContent(value)}'",
                value,
                CompletionResultType.ParameterValue,
                value));
    }

    /// <summary>A hint may hold anything; what would move the cursor or colour the screen is not for a prompt.</summary>
    private static bool IsTypable(string value) => Quoted.Line(value) == value;

    protected abstract Task<IEnumerable<string>> FindAsync(IWorkloadApi api, CancellationToken cancellationToken);

    private string[] Find(IDictionary boundParameters)
    {
        string? text = (boundParameters["Endpoint"] ?? boundParameters["SocketPath"])?.ToString()
            ?? Environment.GetEnvironmentVariable(WorkloadApiEndpoint.EnvironmentVariable);
        if (string.IsNullOrEmpty(text))
        {
            return [];
        }

        using CancellationTokenSource source = new(s_patience);
        try
        {
            IWorkloadApi api = WorkloadApiFactory.For(WorkloadApiEndpoint.ParseUserInput(text));
            return [.. FindAsync(api, source.Token).GetAwaiter().GetResult()];
        }
        catch (Exception exception) when (exception is SpiffeException or OperationCanceledException)
        {
            // A completer has no place for a message; the cmdlet itself will say it.
            return [];
        }
    }
}
