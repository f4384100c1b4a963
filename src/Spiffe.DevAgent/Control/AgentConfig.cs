namespace Spiffe.DevAgent;

/// <summary>What may change while the agent runs.</summary>
/// <param name="Entries">The identities, the default one first; null for one for each local user.</param>
/// <param name="FederatedBundles">The files that foreign bundles are read from.</param>
/// <param name="Federations">The endpoints that foreign bundles are fetched from.</param>
internal sealed record AgentConfig(
    IReadOnlyList<Entry>? Entries,
    IReadOnlyDictionary<TrustDomain, string> FederatedBundles,
    IReadOnlyList<Federation> Federations)
{
    public static AgentConfig Empty { get; } = new(null, new Dictionary<TrustDomain, string>(), []);

    /// <summary>The trust domains whose bundles there may be.</summary>
    public IReadOnlyList<TrustDomain> Federated =>
        [.. FederatedBundles.Keys, .. Federations.Select(federation => federation.Endpoint.TrustDomain)];
}
