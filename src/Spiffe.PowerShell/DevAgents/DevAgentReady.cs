using System.Text.Json.Serialization;

namespace Spiffe.Commands;

/// <summary>What the agent says on its standard output once it listens.</summary>
internal sealed record DevAgentReady(
    [property: JsonPropertyName("endpoint")] string Endpoint,
    [property: JsonPropertyName("trustDomain")] string TrustDomain);
