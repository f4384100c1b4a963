using System.Security.Cryptography;

namespace Spiffe;

/// <summary>The name of a key's curve; its size alone does not identify it (secp256k1 is not P-256).</summary>
internal static class EllipticCurve
{
    /// <summary>As JWKs name it (RFC 7518, section 6.2.1.1); null for a curve that they do not know.</summary>
    public static string? FindJwkName(ECCurve curve) => FindJwkName(FindOid(curve)?.Value);

    /// <summary>As JWKs name it (RFC 7518, section 6.2.1.1); null for a curve that they do not know.</summary>
    public static string? FindJwkName(string? oid) => oid switch
    {
        "1.2.840.10045.3.1.7" => "P-256",
        "1.3.132.0.34" => "P-384",
        "1.3.132.0.35" => "P-521",
        _ => null,
    };

    /// <summary>As people know it.</summary>
    public static string Describe(ECCurve curve) =>
        FindJwkName(curve) ?? FindOid(curve) switch
        {
            { FriendlyName: { Length: > 0 } name } => name,
            { Value: { } value } => value,
            _ => "on a curve of its own",
        };

    private static Oid? FindOid(ECCurve curve) => curve.IsNamed
        ? curve.Oid.Value is null ? Oid.FromFriendlyName(curve.Oid.FriendlyName!, OidGroup.PublicKeyAlgorithm) : new Oid(curve.Oid.Value)
        : null;
}
