namespace Spiffe;

/// <summary>Which authorities of a trust domain are asked for.</summary>
public enum BundleType
{
    /// <summary>Both kinds.</summary>
    All,

    /// <summary>Those that verify X509-SVIDs.</summary>
    X509,

    /// <summary>Those that verify JWT-SVIDs.</summary>
    Jwt,
}
