namespace Spiffe;

/// <summary>The intended use of an X509-SVID (X509-SVID, section 4.4).</summary>
public enum SvidPurpose
{
    /// <summary>Nothing in particular: one of the two others must be allowed.</summary>
    Any,

    /// <summary>As the server of a TLS connection.</summary>
    Server,

    /// <summary>As the client of a TLS connection.</summary>
    Client,
}
