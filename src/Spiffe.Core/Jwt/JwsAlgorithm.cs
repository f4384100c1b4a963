using System.Security.Cryptography;

namespace Spiffe;

/// <summary>The signature algorithms that a JWT-SVID may use (JWT-SVID, section 2.1; RFC 7518, section 3).</summary>
internal sealed class JwsAlgorithm
{
    private static readonly JwsAlgorithm[] s_all =
    [
        new("RS256", HashAlgorithmName.SHA256, curve: null, RSASignaturePadding.Pkcs1),
        new("RS384", HashAlgorithmName.SHA384, curve: null, RSASignaturePadding.Pkcs1),
        new("RS512", HashAlgorithmName.SHA512, curve: null, RSASignaturePadding.Pkcs1),
        new("ES256", HashAlgorithmName.SHA256, "P-256", padding: null),
        new("ES384", HashAlgorithmName.SHA384, "P-384", padding: null),
        new("ES512", HashAlgorithmName.SHA512, "P-521", padding: null),
        new("PS256", HashAlgorithmName.SHA256, curve: null, RSASignaturePadding.Pss),
        new("PS384", HashAlgorithmName.SHA384, curve: null, RSASignaturePadding.Pss),
        new("PS512", HashAlgorithmName.SHA512, curve: null, RSASignaturePadding.Pss),
    ];

    private readonly string _name;
    private readonly HashAlgorithmName _hash;
    private readonly string? _curve;
    private readonly RSASignaturePadding? _padding;

    private JwsAlgorithm(string name, HashAlgorithmName hash, string? curve, RSASignaturePadding? padding)
    {
        _name = name;
        _hash = hash;
        _curve = curve;
        _padding = padding;
    }

    public static string Names => string.Join(", ", s_all.Select(algorithm => algorithm._name));

    public static JwsAlgorithm? Find(string name) => Array.Find(s_all, algorithm => algorithm._name == name);

    /// <summary>Whether the key's type, its curve and its own <c>alg</c> allow this algorithm.</summary>
    public bool Fits(JwtAuthority authority) =>
        authority.Curve == _curve && (authority.Algorithm is null || authority.Algorithm == _name);

    public bool Verify(JwtAuthority authority, byte[] data, byte[] signature)
    {
        if (_padding is null)
        {
            using ECDsa ecdsa = authority.CreateEcdsa()!;
            return ecdsa.VerifyData(data, signature, _hash, DSASignatureFormat.IeeeP1363FixedFieldConcatenation);
        }

        using RSA rsa = authority.CreateRsa()!;
        return rsa.VerifyData(data, signature, _hash, _padding);
    }
}
