using System.Collections;
using System.Management.Automation;
using System.Management.Automation.Language;

namespace Spiffe.Commands;

/// <summary>Keeps Tab from offering files for a parameter that takes no path.</summary>
[AttributeUsage(AttributeTargets.Property)]
internal sealed class NotAFileAttribute : ArgumentCompleterAttribute, IArgumentCompleterFactory, IArgumentCompleter
{
    public IArgumentCompleter Create() => this;

    public IEnumerable<CompletionResult> CompleteArgument(
        string commandName,
        string parameterName,
        string wordToComplete,
        CommandAst commandAst,
        IDictionary fakeBoundParameters) => [];
}
