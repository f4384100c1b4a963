namespace Spiffe.DevAgent;

/// <summary>One identity that the agent issues, to whom, and how. Compared by what it says.</summary>
/// <param name="SpiffeId">The identity.</param>
/// <param name="Selectors">What a caller must have, all of it; nothing means that every caller gets the identity.</param>
/// <param name="Hint">What the identity is for; empty where that is not said.</param>
/// <param name="Ttl">The life of its X509-SVIDs.</param>
/// <param name="DnsNames">Names in the certificate beside the ID.</param>
/// <param name="KeyType">The kind of key.</param>
/// <param name="FederatesWith">The trust domains whose bundles it also gets; null for all that there are.</param>
internal sealed record Entry(
    SpiffeId SpiffeId,
    IReadOnlyList<string> Selectors,
    string Hint,
    TimeSpan Ttl,
    IReadOnlyList<string> DnsNames,
    KeyType KeyType,
    IReadOnlyList<TrustDomain>? FederatesWith)
{
    /// <summary>The longest life of an X509-SVID.</summary>
    public static readonly TimeSpan LongestTtl = TimeSpan.FromSeconds(AgentLimits.MaxSvidTtlSec);

    public bool Equals(Entry? other) =>
        other is not null &&
        SpiffeId == other.SpiffeId &&
        Selectors.SequenceEqual(other.Selectors) &&
        Hint == other.Hint &&
        Ttl == other.Ttl &&
        DnsNames.SequenceEqual(other.DnsNames) &&
        KeyType == other.KeyType &&
        (FederatesWith ?? []).SequenceEqual(other.FederatesWith ?? []) &&
        FederatesWith is null == other.FederatesWith is null;

    public override int GetHashCode() => HashCode.Combine(SpiffeId, Hint, Ttl, KeyType);
}
