using System.Collections.ObjectModel;
using System.Management.Automation;
using System.Management.Automation.Host;
using System.Security;

namespace Spiffe.Shell;

/// <summary>Writes to the console, the streams but the output to standard error; asks for lines at a terminal only.</summary>
internal sealed class ShellUserInterface : PSHostUserInterface
{
    public override PSHostRawUserInterface RawUI { get; } = new ShellRawUserInterface();

    public override bool SupportsVirtualTerminal => !Console.IsOutputRedirected;

    public override void Write(string value) => Console.Write(GetOutputString(value, SupportsVirtualTerminal));

    public override void Write(ConsoleColor foregroundColor, ConsoleColor backgroundColor, string value) => Write(value);

    public override void WriteLine(string value) => Console.WriteLine(GetOutputString(value, SupportsVirtualTerminal));

    public override void WriteErrorLine(string value) => Console.Error.WriteLine(GetOutputString(value, !Console.IsErrorRedirected));

    public override void WriteWarningLine(string message) => Console.Error.WriteLine($"WARNING: {message}");

    public override void WriteVerboseLine(string message) => Console.Error.WriteLine($"VERBOSE: {message}");

    public override void WriteDebugLine(string message) => Console.Error.WriteLine($"DEBUG: {message}");

    public override void WriteProgress(long sourceId, ProgressRecord record)
    {
        if (!Console.IsErrorRedirected && record.RecordType == ProgressRecordType.Processing)
        {
            Console.Error.WriteLine($"{record.Activity}: {record.StatusDescription}");
        }
    }

    public override string ReadLine() => Console.ReadLine() ?? string.Empty;

    public override SecureString ReadLineAsSecureString() => throw new PSNotSupportedInShellException("hidden input");

    public override Dictionary<string, PSObject> Prompt(
        string caption, string message, Collection<FieldDescription> descriptions) =>
        throw new PSNotSupportedInShellException("prompts for missing parameters");

    public override PSCredential PromptForCredential(string caption, string message, string userName, string targetName) =>
        throw new PSNotSupportedInShellException("a credential prompt");

    public override PSCredential PromptForCredential(
        string caption,
        string message,
        string userName,
        string targetName,
        PSCredentialTypes allowedCredentialTypes,
        PSCredentialUIOptions options) => throw new PSNotSupportedInShellException("a credential prompt");

    /// <summary>Asks at a terminal (<c>-Confirm</c>); elsewhere it is an error, as in pwsh without a terminal.</summary>
    public override int PromptForChoice(
        string caption, string message, Collection<ChoiceDescription> choices, int defaultChoice)
    {
        if (Console.IsInputRedirected)
        {
            throw new PSNotSupportedInShellException("a choice prompt without a terminal");
        }

        Console.WriteLine($"{caption}\n{message}");
        Console.Write($"{string.Join("  ", choices.Select(choice => choice.Label.Replace("&", "", StringComparison.Ordinal)))}: ");
        string answer = ReadLine();
        int chosen = choices.ToList().FindIndex(choice => choice.Label.Replace("&", "", StringComparison.Ordinal)
            .StartsWith(answer, StringComparison.OrdinalIgnoreCase));
        return answer.Length == 0 || chosen < 0 ? defaultChoice : chosen;
    }
}
