namespace Spiffe;

/// <summary>Which kind of SVIDs is followed.</summary>
public enum SvidType
{
    /// <summary>X509-SVIDs, as the agent sends them.</summary>
    X509,

    /// <summary>JWT-SVIDs, asked for again in time.</summary>
    Jwt,
}
