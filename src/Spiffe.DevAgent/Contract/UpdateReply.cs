namespace Spiffe;

/// <summary>The answer to an update.</summary>
/// <param name="Error">Why nothing was changed; null where it was.</param>
internal sealed record UpdateReply(string? Error);
