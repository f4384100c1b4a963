namespace Spiffe;

/// <summary>How the parts of an X509-SVID are spread over files.</summary>
public enum SvidLayout
{
    /// <summary>A key, a chain and a bundle for each of several SVIDs, numbered, as SPIRE's agent names them.</summary>
    Spire,

    /// <summary>A key, a chain and a bundle of one SVID, as SPIFFE Helper names them.</summary>
    Helper,

    /// <summary>One PKCS#12 file with a password: the key and the chain of one SVID.</summary>
    Pfx,

    /// <summary>One PEM file: the key and behind it the chain of one SVID.</summary>
    Combined,
}
