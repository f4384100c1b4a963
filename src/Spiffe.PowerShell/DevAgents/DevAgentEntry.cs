namespace Spiffe.Commands;

/// <summary>One identity that the agent issues.</summary>
internal sealed record DevAgentEntry(
    string SpiffeId,
    string[]? Selector,
    string? Hint,
    int? TtlSec,
    string[]? DnsName,
    string? KeyType,
    string[]? FederatesWith);
