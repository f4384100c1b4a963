namespace Spiffe.DevAgent;

/// <summary>What may change while the agent runs.</summary>
/// <param name="Entries">The identities, the default one first; null for one for each local user.</param>
/// <param name="FederatedBundles">The files that foreign bundles are read from.</param>
internal sealed record AgentConfig(
    IReadOnlyList<Entry>? Entries, IReadOnlyDictionary<TrustDomain, string> FederatedBundles)
{
    public static AgentConfig Empty { get; } = new(null, new Dictionary<TrustDomain, string>());
}
