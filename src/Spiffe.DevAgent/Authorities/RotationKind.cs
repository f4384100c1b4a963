namespace Spiffe.DevAgent;

/// <summary>What can be rotated before its time.</summary>
internal enum RotationKind
{
    /// <summary>All X509-SVIDs.</summary>
    Svid,

    /// <summary>The signing certificate, and then all X509-SVIDs.</summary>
    X509Authority,

    /// <summary>The key for JWT-SVIDs.</summary>
    JwtAuthority,
}
