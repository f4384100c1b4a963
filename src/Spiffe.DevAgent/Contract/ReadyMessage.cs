namespace Spiffe;

/// <summary>What the agent says on standard output once it listens.</summary>
internal sealed record ReadyMessage(string Endpoint, int ProcessId, string TrustDomain);
