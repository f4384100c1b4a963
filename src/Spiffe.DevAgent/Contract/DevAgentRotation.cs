namespace Spiffe;

/// <summary>What a development agent rotates before its time.</summary>
public enum DevAgentRotation
{
    /// <summary>All X509-SVIDs, with new keys.</summary>
    Svid,

    /// <summary>The signing certificate: the next one is published, then it signs, and all X509-SVIDs are renewed.</summary>
    X509Authority,

    /// <summary>The key for JWT-SVIDs: the next one is published, then it signs.</summary>
    JwtAuthority,
}
