using System.Security.Cryptography;

namespace Spiffe;

/// <summary>A public key that JWT-SVIDs of a trust domain are signed with (JWT-SVID, section 6).</summary>
public sealed class JwtAuthority : IEquatable<JwtAuthority>
{
    private JwtAuthority(string keyId, string keyType, string? curve, string? algorithm, byte[] first, byte[] second)
    {
        KeyId = keyId;
        KeyType = keyType;
        Curve = curve;
        Algorithm = algorithm;
        First = first;
        Second = second;
        Ecdsa = new IdleKey<ECDsa>(() => CreateEcdsa()!);
        Rsa = new IdleKey<RSA>(() => CreateRsa()!);
    }

    /// <summary>The key's name (<c>kid</c>), which tokens refer to.</summary>
    public string KeyId { get; }

    /// <summary><c>EC</c> or <c>RSA</c>.</summary>
    public string KeyType { get; }

    /// <summary><c>P-256</c>, <c>P-384</c> or <c>P-521</c>; null for RSA.</summary>
    public string? Curve { get; }

    /// <summary>The only algorithm that the key may be used with; null where the bundle does not say.</summary>
    public string? Algorithm { get; }

    /// <summary>The key for verification; EC only.</summary>
    internal IdleKey<ECDsa> Ecdsa { get; }

    /// <summary>The key for verification; RSA only.</summary>
    internal IdleKey<RSA> Rsa { get; }

    /// <summary>EC: x. RSA: the modulus.</summary>
    internal byte[] First { get; }

    /// <summary>EC: y. RSA: the exponent.</summary>
    internal byte[] Second { get; }

    /// <summary>The authority for an ECDSA key on one of the three NIST curves.</summary>
    /// <exception cref="SpiffeException"><see cref="SpiffeErrorReason.BundleInvalid"/>: it is on another curve.</exception>
    public static JwtAuthority FromKey(string keyId, ECDsa key)
    {
        ArgumentException.ThrowIfNullOrEmpty(keyId);
        ArgumentNullException.ThrowIfNull(key);
        ECParameters parameters = key.ExportParameters(includePrivateParameters: false);
        string curve = EllipticCurve.FindJwkName(parameters.Curve) ?? throw new SpiffeException(
            SpiffeErrorReason.BundleInvalid,
            $"The curve of the key {Quoted.Text(keyId)} is {EllipticCurve.Describe(parameters.Curve)}; " +
            "a JSON bundle can hold keys on P-256, P-384 and P-521.");
        return FromPoint(keyId, curve, algorithm: null, parameters.Q.X!, parameters.Q.Y!);
    }

    /// <summary>The authority for an RSA key.</summary>
    public static JwtAuthority FromKey(string keyId, RSA key)
    {
        ArgumentException.ThrowIfNullOrEmpty(keyId);
        ArgumentNullException.ThrowIfNull(key);
        RSAParameters parameters = key.ExportParameters(includePrivateParameters: false);
        return FromModulus(keyId, algorithm: null, parameters.Modulus!, parameters.Exponent!);
    }

    /// <summary>Whether both are the same key under the same name.</summary>
    public bool Equals(JwtAuthority? other) =>
        other is not null &&
        KeyId == other.KeyId &&
        KeyType == other.KeyType &&
        Curve == other.Curve &&
        Algorithm == other.Algorithm &&
        First.AsSpan().SequenceEqual(other.First) &&
        Second.AsSpan().SequenceEqual(other.Second);

    /// <inheritdoc/>
    public override bool Equals(object? obj) => Equals(obj as JwtAuthority);

    /// <inheritdoc/>
    public override int GetHashCode() => KeyId.GetHashCode(StringComparison.Ordinal);

    /// <summary>The key as plain values, the public key in PEM.</summary>
    public SpiffeRecord ToRecord()
    {
        using AsymmetricAlgorithm key = CreateEcdsa() ?? (AsymmetricAlgorithm)CreateRsa()!;
        return new()
        {
            { "KeyId", KeyId },
            { "KeyType", KeyType },
            { "Curve", Curve },
            { "Algorithm", Algorithm },
            { "PublicKey", key.ExportSubjectPublicKeyInfoPem() },
        };
    }

    /// <summary>The key's name.</summary>
    public override string ToString() => KeyId;

    internal static JwtAuthority FromPoint(string keyId, string curve, string? algorithm, byte[] x, byte[] y) =>
        new(keyId, "EC", curve, algorithm, x, y);

    internal static JwtAuthority FromModulus(string keyId, string? algorithm, byte[] modulus, byte[] exponent) =>
        new(keyId, "RSA", curve: null, algorithm, modulus, exponent);

    /// <summary>The key for verification; null for RSA.</summary>
    internal ECDsa? CreateEcdsa() => Curve is null
        ? null
        : ECDsa.Create(new ECParameters
        {
            Curve = Curve switch
            {
                "P-256" => ECCurve.NamedCurves.nistP256,
                "P-384" => ECCurve.NamedCurves.nistP384,
                _ => ECCurve.NamedCurves.nistP521,
            },
            Q = new ECPoint { X = First, Y = Second },
        });

    /// <summary>The key for verification; null for EC.</summary>
    internal RSA? CreateRsa() => Curve is null
        ? RSA.Create(new RSAParameters { Modulus = First, Exponent = Second })
        : null;
}
