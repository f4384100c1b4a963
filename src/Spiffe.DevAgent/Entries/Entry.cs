namespace Spiffe.DevAgent;

/// <summary>One identity that the agent issues, and how.</summary>
internal sealed record Entry(
    SpiffeId SpiffeId, string Hint, TimeSpan Ttl, IReadOnlyList<string> DnsNames, KeyType KeyType);
