using System.Security.Cryptography;

namespace Spiffe;

/// <summary>The signature algorithms that a JWT-SVID may use (JWT-SVID, section 2.1; RFC 7518, section 3).</summary>
internal sealed class JwsAlgorithm
{
    // RFC 7518, sections 3.3 and 3.5: 2048 bits.
    private const int MinModulusLength = 2048 / 8;

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

    private readonly HashAlgorithmName _hash;
    private readonly string? _curve;
    private readonly RSASignaturePadding? _padding;

    private JwsAlgorithm(string name, HashAlgorithmName hash, string? curve, RSASignaturePadding? padding)
    {
        Name = name;
        _hash = hash;
        _curve = curve;
        _padding = padding;
    }

    public static string Names { get; } = string.Join(", ", s_all.Select(algorithm => algorithm.Name));

    public string Name { get; }

    public static JwsAlgorithm? Find(string name) => Array.Find(s_all, algorithm => algorithm.Name == name);

    /// <summary>Whether the key's type, its curve or length, and its own <c>alg</c> allow this algorithm (RFC 7518, section 3).</summary>
    public bool Fits(JwtAuthority authority) =>
        authority.Curve == _curve &&
        (authority.Curve is not null || authority.First.AsSpan().TrimStart((byte)0).Length >= MinModulusLength) &&
        (authority.Algorithm is null || authority.Algorithm == Name);

    public bool Verify(JwtAuthority authority, ReadOnlySpan<byte> data, ReadOnlySpan<byte> signature)
    {
        if (_padding is null)
        {
            ECDsa ecdsa = authority.Ecdsa.Take();
            bool isSigned = ecdsa.VerifyData(data, signature, _hash, DSASignatureFormat.IeeeP1363FixedFieldConcatenation);
            authority.Ecdsa.Give(ecdsa);
            return isSigned;
        }

        RSA rsa = authority.Rsa.Take();
        bool isSignedByRsa = rsa.VerifyData(data, signature, _hash, _padding);
        authority.Rsa.Give(rsa);
        return isSignedByRsa;
    }
}
