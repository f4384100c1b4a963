namespace Spiffe.Commands;

/// <summary>What the agent says on its standard output once it listens.</summary>
internal sealed record DevAgentReady(string Endpoint, string TrustDomain);
