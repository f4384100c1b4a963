using System.Management.Automation;

namespace Spiffe.Shell;

/// <summary>This host is for trying and testing; what needs a full one is refused by name.</summary>
public sealed class PSNotSupportedInShellException(string what)
    : PSNotSupportedException($"Spiffe.Shell does not have {what}; use pwsh for it.");
