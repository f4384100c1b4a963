namespace Spiffe;

/// <summary>How a bundle is written to a file.</summary>
public enum BundleFormat
{
    /// <summary>The X.509 authorities as PEM blocks.</summary>
    Pem,

    /// <summary>The X.509 authorities as DER certificates, one behind the other.</summary>
    Der,

    /// <summary>The SPIFFE bundle document with X.509 and JWT authorities.</summary>
    Spiffe,

    /// <summary>The JWT authorities as a plain JWK Set.</summary>
    Jwks,
}
