namespace Spiffe.Commands;

/// <summary>The agent's answer to an update.</summary>
/// <param name="Error">Why nothing was changed; null where it was.</param>
internal sealed record DevAgentReply(string? Error);
