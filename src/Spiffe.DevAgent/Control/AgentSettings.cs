namespace Spiffe.DevAgent;

/// <summary>How an agent is to be; checked by <see cref="SettingsReader"/>.</summary>
/// <param name="Endpoint">The path of the socket; null for one in a private folder.</param>
/// <param name="TrustDomain">The one trust domain that it issues for.</param>
/// <param name="SvidTtl">The life of an X509-SVID whose entry does not say otherwise.</param>
/// <param name="Entries">The identities, the default one first; none means one for each local user.</param>
internal sealed record AgentSettings(
    WorkloadApiEndpoint? Endpoint, TrustDomain TrustDomain, TimeSpan SvidTtl, IReadOnlyList<Entry> Entries);
