namespace Spiffe;

/// <summary>How bundles are kept in a file.</summary>
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

    /// <summary>A SPIFFE bundle map: several bundles by the names of their trust domains in one document.</summary>
    BundleMap,
}
