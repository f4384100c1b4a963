using System.Text.Json.Serialization;

namespace Spiffe.Commands;

/// <summary>One identity that the agent issues.</summary>
internal sealed record DevAgentEntry(
    [property: JsonPropertyName("spiffeId")] string SpiffeId,
    [property: JsonPropertyName("selectors")] string[]? Selectors,
    [property: JsonPropertyName("hint")] string? Hint,
    [property: JsonPropertyName("ttlSeconds")] int? TtlSeconds,
    [property: JsonPropertyName("dnsNames")] string[]? DnsNames,
    [property: JsonPropertyName("keyType")] string? KeyType);
