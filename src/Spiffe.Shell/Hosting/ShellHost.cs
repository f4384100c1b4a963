using System.Globalization;
using System.Management.Automation.Host;

namespace Spiffe.Shell;

/// <summary>The console as the engine sees it.</summary>
internal sealed class ShellHost : PSHost
{
    public override CultureInfo CurrentCulture => CultureInfo.CurrentCulture;

    public override CultureInfo CurrentUICulture => CultureInfo.CurrentUICulture;

    public override Guid InstanceId { get; } = Guid.NewGuid();

    public override string Name => "Spiffe.Shell";

    public override PSHostUserInterface UI { get; } = new ShellUserInterface();

    public override Version Version => new(1, 0);

    /// <summary>What a script gave to <c>exit</c>; null as long as none did.</summary>
    public int? ExitCode { get; private set; }

    public override void EnterNestedPrompt() => throw new PSNotSupportedInShellException("a nested prompt");

    public override void ExitNestedPrompt() => throw new PSNotSupportedInShellException("a nested prompt");

    public override void NotifyBeginApplication()
    {
    }

    public override void NotifyEndApplication()
    {
    }

    public override void SetShouldExit(int exitCode) => ExitCode = exitCode;
}
