using System.Text.Json.Serialization;

namespace Spiffe.Commands;

/// <summary>What the agent is told on the first line of its standard input.</summary>
internal sealed record DevAgentSettings(
    [property: JsonPropertyName("endpoint")] string? Endpoint,
    [property: JsonPropertyName("trustDomain")] string TrustDomain,
    [property: JsonPropertyName("svidTtlSeconds")] int SvidTtlSeconds,
    [property: JsonPropertyName("entries")] IReadOnlyList<DevAgentEntry> Entries);
