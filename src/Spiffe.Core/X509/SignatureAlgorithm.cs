using System.Formats.Asn1;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;

namespace Spiffe;

/// <summary>The algorithms that signatures of certificates are made with: RSA and ECDSA with SHA-2 (RFC 4055, RFC 5758).</summary>
internal sealed class SignatureAlgorithm
{
    private const string EcKey = "1.2.840.10045.2.1";
    private const string Pss = "1.2.840.113549.1.1.10";
    private const string Mgf1 = "1.2.840.113549.1.1.8";

    private readonly HashAlgorithmName _hash;
    private readonly RSASignaturePadding? _padding;

    private SignatureAlgorithm(HashAlgorithmName hash, RSASignaturePadding? padding)
    {
        _hash = hash;
        _padding = padding;
    }

    /// <summary>The algorithm of an encoded AlgorithmIdentifier; null for one that is not known, SHA-1 among them.</summary>
    /// <exception cref="AsnContentException">It is not an AlgorithmIdentifier.</exception>
    public static SignatureAlgorithm? Read(ReadOnlyMemory<byte> encoded)
    {
        AsnReader identifier = new AsnReader(encoded, AsnEncodingRules.DER).ReadSequence();
        return identifier.ReadObjectIdentifier() switch
        {
            "1.2.840.10045.4.3.2" => new SignatureAlgorithm(HashAlgorithmName.SHA256, padding: null),
            "1.2.840.10045.4.3.3" => new SignatureAlgorithm(HashAlgorithmName.SHA384, padding: null),
            "1.2.840.10045.4.3.4" => new SignatureAlgorithm(HashAlgorithmName.SHA512, padding: null),
            "1.2.840.113549.1.1.11" => new SignatureAlgorithm(HashAlgorithmName.SHA256, RSASignaturePadding.Pkcs1),
            "1.2.840.113549.1.1.12" => new SignatureAlgorithm(HashAlgorithmName.SHA384, RSASignaturePadding.Pkcs1),
            "1.2.840.113549.1.1.13" => new SignatureAlgorithm(HashAlgorithmName.SHA512, RSASignaturePadding.Pkcs1),
            Pss => ReadPss(identifier),
            _ => null,
        };
    }

    /// <summary>The algorithm's name for messages, or its object identifier.</summary>
    public static string Describe(ReadOnlyMemory<byte> encoded)
    {
        try
        {
            return new AsnReader(encoded, AsnEncodingRules.DER).ReadSequence().ReadObjectIdentifier() switch
            {
                "1.3.101.112" => "Ed25519",
                "1.3.101.113" => "Ed448",
                "1.2.840.113549.1.1.5" => "RSA with SHA-1",
                "1.2.840.10045.4.1" => "ECDSA with SHA-1",
                string identifier => identifier,
            };
        }
        catch (AsnContentException)
        {
            return "an unreadable algorithm";
        }
    }

    /// <exception cref="AsnContentException">The key is not a SubjectPublicKeyInfo.</exception>
    /// <exception cref="CryptographicException">The key or the signature cannot be read.</exception>
    public bool Verify(CertificateContent signer, ReadOnlySpan<byte> content, ReadOnlySpan<byte> signature)
    {
        if (_padding is null)
        {
            using ECDsa? ecdsa = HasNamedCurve(signer.PublicKey) ? signer.Loaded.GetECDsaPublicKey() : null;
            return ecdsa?.VerifyData(content, signature, _hash, DSASignatureFormat.Rfc3279DerSequence) == true;
        }

        using RSA? rsa = signer.Loaded.GetRSAPublicKey();
        return rsa?.VerifyData(content, signature, _hash, _padding) == true;
    }

    /// <summary>RFC 5480, section 2.1.1: a curve is named, never described.</summary>
    private static bool HasNamedCurve(ReadOnlyMemory<byte> publicKey)
    {
        AsnReader algorithm = new AsnReader(publicKey, AsnEncodingRules.DER).ReadSequence().ReadSequence();
        return algorithm.ReadObjectIdentifier() == EcKey && algorithm.HasData && algorithm.PeekTag() == Asn1Tag.ObjectIdentifier;
    }

    /// <summary>PSS with one hash for all, MGF1, and a salt as long as the hash, as the base library verifies it.</summary>
    private static SignatureAlgorithm? ReadPss(AsnReader identifier)
    {
        AsnReader parameters = identifier.ReadSequence();
        string? hash = ReadTagged(parameters, 0)?.ReadSequence().ReadObjectIdentifier();
        AsnReader? mask = ReadTagged(parameters, 1)?.ReadSequence();
        string? maskFunction = mask?.ReadObjectIdentifier();
        string? maskHash = mask?.ReadSequence().ReadObjectIdentifier();
        int saltLength = ReadTagged(parameters, 2) is { } salt && salt.TryReadInt32(out int length) ? length : 0;
        if (maskFunction != Mgf1 || hash != maskHash || parameters.HasData)
        {
            return null;
        }

        return (hash, saltLength) switch
        {
            ("2.16.840.1.101.3.4.2.1", 32) => new SignatureAlgorithm(HashAlgorithmName.SHA256, RSASignaturePadding.Pss),
            ("2.16.840.1.101.3.4.2.2", 48) => new SignatureAlgorithm(HashAlgorithmName.SHA384, RSASignaturePadding.Pss),
            ("2.16.840.1.101.3.4.2.3", 64) => new SignatureAlgorithm(HashAlgorithmName.SHA512, RSASignaturePadding.Pss),
            _ => null,
        };
    }

    private static AsnReader? ReadTagged(AsnReader parameters, int number)
    {
        Asn1Tag tag = new(TagClass.ContextSpecific, number);
        return parameters.HasData && parameters.PeekTag().HasSameClassAndValue(tag) ? parameters.ReadSequence(tag) : null;
    }
}
