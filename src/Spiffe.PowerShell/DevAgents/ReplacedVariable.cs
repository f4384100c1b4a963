namespace Spiffe.Commands;

/// <summary>What an environment variable was before.</summary>
/// <param name="Value">Its value; null where it was not set.</param>
internal sealed record ReplacedVariable(string? Value);
