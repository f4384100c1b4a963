using System.Collections;
using System.Management.Automation;
using System.Management.Automation.Language;

namespace Spiffe.Commands;

/// <summary>Completes a parameter with names that this process knows. It asks no agent, so that Tab never waits for one.</summary>
internal abstract class NameCompleter : IArgumentCompleter
{
    public IEnumerable<CompletionResult> CompleteArgument(
        string commandName,
        string parameterName,
        string wordToComplete,
        CommandAst commandAst,
        IDictionary fakeBoundParameters)
    {
        string word = wordToComplete.Trim('\'', '"');
        Choice[] found = [.. Find(fakeBoundParameters)
            .Where(choice => choice.Value.StartsWith(word, StringComparison.OrdinalIgnoreCase) && IsTypable(choice.Value))
            .DistinctBy(choice => choice.Value, StringComparer.Ordinal)];

        // PowerShell offers files for null, and nothing for an empty list.
        return found.Length == 0 && TakesPath ? null! : found.Select(Quote);
    }

    /// <summary>Whether PowerShell may offer files where no name begins with the word.</summary>
    protected virtual bool TakesPath => false;

    /// <summary>All known names, whatever the word.</summary>
    protected abstract IEnumerable<Choice> Find(IDictionary boundParameters);

    private static CompletionResult Quote(Choice choice) => new(
        choice.Value.All(char.IsAsciiDigit) ? choice.Value : $"'{CodeGeneration.EscapeSingleQuotedStringContent(choice.Value)}'",
        choice.Value,
        CompletionResultType.ParameterValue,
        choice.Meaning ?? choice.Value);

    /// <summary>A hint may hold anything; what would move the cursor or colour the screen is not for a prompt.</summary>
    private static bool IsTypable(string value) => Quoted.Line(value) == value;
}
