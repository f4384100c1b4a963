namespace Spiffe;

/// <summary>How an X509-SVID is verified; the defaults are those of a peer that is met now.</summary>
public sealed record X509SvidVerificationOptions
{
    /// <summary>The intended use of the SVID.</summary>
    public SvidPurpose Purpose { get; init; } = SvidPurpose.Any;

    /// <summary>The instant to verify for; null for now.</summary>
    public DateTimeOffset? At { get; init; }

    /// <summary>Whether warnings refuse too.</summary>
    public bool IsStrict { get; init; }

    /// <summary>Whether <see cref="RevocationLists"/> are looked into.</summary>
    public bool ChecksRevocation { get; init; }

    /// <summary>Revocation lists besides those that came with the bundles.</summary>
    public IReadOnlyList<X509RevocationList> RevocationLists { get; init; } = [];
}
