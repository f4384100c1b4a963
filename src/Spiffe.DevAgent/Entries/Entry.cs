namespace Spiffe.DevAgent;

/// <summary>One identity that the agent issues, to whom, and how.</summary>
/// <param name="SpiffeId">The identity.</param>
/// <param name="Selectors">What a caller must have, all of it; nothing means that every caller gets the identity.</param>
/// <param name="Hint">What the identity is for; empty where that is not said.</param>
/// <param name="Ttl">The life of its X509-SVIDs.</param>
/// <param name="DnsNames">Names in the certificate beside the ID.</param>
/// <param name="KeyType">The kind of key.</param>
internal sealed record Entry(
    SpiffeId SpiffeId,
    IReadOnlyList<string> Selectors,
    string Hint,
    TimeSpan Ttl,
    IReadOnlyList<string> DnsNames,
    KeyType KeyType);
