using System.Formats.Asn1;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;

namespace Spiffe;

/// <summary>The PKCS#8 key of a leaf certificate (Workload API, section 5.1).</summary>
/// <remarks>That it fits is read from the ASN.1 of both where that says so, and otherwise found out by loading it.</remarks>
internal sealed class PrivateKey
{
    private const string Rsa = "1.2.840.113549.1.1.1";
    private const string EllipticCurve = "1.2.840.10045.2.1";

    // Both exponents, both primes, their exponents and the coefficient.
    private const int NumbersBehindModulus = 7;

    private static readonly Asn1Tag s_parameters = new(TagClass.ContextSpecific, 0);
    private static readonly Asn1Tag s_publicKey = new(TagClass.ContextSpecific, 1);

    private readonly ReadOnlyMemory<byte> _pkcs8;
    private readonly CertificateContent _leaf;
    private readonly SpiffeId _id;
    private readonly string _algorithm;

    private PrivateKey(ReadOnlyMemory<byte> pkcs8, CertificateContent leaf, SpiffeId id, string algorithm)
    {
        _pkcs8 = pkcs8;
        _leaf = leaf;
        _id = id;
        _algorithm = algorithm;
    }

    /// <summary>Whether the key holds a public key, and that is the leaf's.</summary>
    public bool IsKnownToFit { get; private init; }

    /// <summary>The private key of a certificate as one PEM block: PKCS#8, unencrypted.</summary>
    /// <exception cref="CryptographicException">The key cannot be exported.</exception>
    public static byte[] ToPem(X509Certificate2 certificate)
    {
        using AsymmetricAlgorithm? key = (AsymmetricAlgorithm?)certificate.GetECDsaPrivateKey() ?? certificate.GetRSAPrivateKey();
        byte[] pkcs8 = key?.ExportPkcs8PrivateKey() ?? throw new CryptographicException("The key is of an unknown kind.");
        try
        {
            return [.. PemEncoding.WriteUtf8("PRIVATE KEY"u8, pkcs8), (byte)'\n'];
        }
        finally
        {
            CryptographicOperations.ZeroMemory(pkcs8);
        }
    }

    /// <exception cref="SpiffeException">
    /// <see cref="SpiffeErrorReason.ResponseInvalid"/>: not one unencrypted PKCS#8 key;
    /// <see cref="SpiffeErrorReason.SvidInvalid"/>: the key of another certificate;
    /// <see cref="SpiffeErrorReason.NotSupportedHere"/>: neither RSA nor ECDSA.
    /// </exception>
    public static PrivateKey Read(ReadOnlyMemory<byte> pkcs8, CertificateContent leaf, SpiffeId id)
    {
        (string certificateAlgorithm, ReadOnlyMemory<byte> identifier, ReadOnlyMemory<byte> publicKey) = ReadPublicKey(leaf, id);
        string algorithm;
        bool? fits;
        try
        {
            // PrivateKeyInfo ::= SEQUENCE { version INTEGER, algorithm SEQUENCE { OID, … }, key OCTET STRING, … }
            AsnReader outer = new(pkcs8, AsnEncodingRules.BER);
            AsnReader info = outer.ReadSequence();
            outer.ThrowIfNotEmpty();
            info.ReadInteger();
            ReadOnlyMemory<byte> keyIdentifier = info.PeekEncodedValue();
            algorithm = info.ReadSequence().ReadObjectIdentifier();
            AsnReader inner = new(info.ReadOctetString(), AsnEncodingRules.BER);
            AsnReader key = inner.ReadSequence();
            inner.ThrowIfNotEmpty();
            fits = algorithm != certificateAlgorithm ? false
                : algorithm == Rsa ? HasModulus(key, publicKey)
                : keyIdentifier.Span.SequenceEqual(identifier.Span) ? HasPoint(key, publicKey.Span) : null;
        }
        catch (AsnContentException exception)
        {
            throw NotPkcs8(id, exception);
        }

        return fits == false
            ? throw DoesNotFit(id, innerException: null)
            : new PrivateKey(pkcs8, leaf, id, algorithm) { IsKnownToFit = fits == true };
    }

    /// <summary>A copy of the leaf that holds its private key.</summary>
    /// <exception cref="SpiffeException">As <see cref="Read"/>.</exception>
    public X509Certificate2 Attach()
    {
        try
        {
            return _algorithm == Rsa ? AttachRsa() : AttachEcdsa();
        }
        catch (ArgumentException exception)
        {
            throw DoesNotFit(_id, exception);
        }
        catch (CryptographicException exception)
        {
            throw NotPkcs8(_id, exception);
        }
    }

    private X509Certificate2 AttachRsa()
    {
        using RSA key = RSA.Create();
        key.ImportPkcs8PrivateKey(_pkcs8.Span, out _);
        return _leaf.Loaded.CopyWithPrivateKey(key);
    }

    private X509Certificate2 AttachEcdsa()
    {
        using ECDsa key = ECDsa.Create();
        key.ImportPkcs8PrivateKey(_pkcs8.Span, out _);
        return _leaf.Loaded.CopyWithPrivateKey(key);
    }

    private static (string Algorithm, ReadOnlyMemory<byte> Identifier, ReadOnlyMemory<byte> Key) ReadPublicKey(
        CertificateContent leaf, SpiffeId id)
    {
        string algorithm;
        try
        {
            AsnReader publicKey = new AsnReader(leaf.PublicKey, AsnEncodingRules.DER).ReadSequence();
            ReadOnlyMemory<byte> identifier = publicKey.PeekEncodedValue();
            algorithm = publicKey.ReadSequence().ReadObjectIdentifier();
            ReadOnlyMemory<byte> key = publicKey.ReadBitString(out _);
            if (algorithm == Rsa)
            {
                new AsnReader(key, AsnEncodingRules.DER).ReadSequence().ReadIntegerBytes();
            }

            if (algorithm is Rsa or EllipticCurve)
            {
                return (algorithm, identifier, key);
            }
        }
        catch (AsnContentException exception)
        {
            throw DoesNotFit(id, exception);
        }

        throw new SpiffeException(
            SpiffeErrorReason.NotSupportedHere,
            $"The certificate of '{id}' has a key of algorithm {algorithm}; RSA and ECDSA can be used here.");
    }

    /// <summary>Whether RSAPrivateKey and RSAPublicKey have the modulus in common (RFC 8017, appendix A.1).</summary>
    private static bool HasModulus(AsnReader privateKey, ReadOnlyMemory<byte> publicKey)
    {
        privateKey.ReadInteger();
        ReadOnlyMemory<byte> modulus = privateKey.ReadIntegerBytes();
        for (int i = 0; i < NumbersBehindModulus; i++)
        {
            privateKey.ReadIntegerBytes();
        }

        privateKey.ThrowIfNotEmpty();
        AsnReader expected = new AsnReader(publicKey, AsnEncodingRules.DER).ReadSequence();
        return modulus.Span.SequenceEqual(expected.ReadIntegerBytes().Span);
    }

    /// <summary>Whether ECPrivateKey names the same point (RFC 5915, section 3); null where it names none, or in another form.</summary>
    private static bool? HasPoint(AsnReader privateKey, ReadOnlySpan<byte> publicKey)
    {
        privateKey.ReadInteger();
        privateKey.ReadOctetString();
        if (privateKey.HasData && privateKey.PeekTag().HasSameClassAndValue(s_parameters))
        {
            // A curve that is named once more may be another one.
            return null;
        }

        if (!privateKey.HasData || !privateKey.PeekTag().HasSameClassAndValue(s_publicKey))
        {
            return null;
        }

        ReadOnlySpan<byte> point = privateKey.ReadSequence(s_publicKey).ReadBitString(out _);
        return point.SequenceEqual(publicKey) ? true : point.Length == publicKey.Length ? false : null;
    }

    private static SpiffeException NotPkcs8(SpiffeId id, Exception exception) => new(
        SpiffeErrorReason.ResponseInvalid,
        $"The field x509_svid_key of '{id}' is not one unencrypted PKCS#8 private key in DER.",
        exception);

    private static SpiffeException DoesNotFit(SpiffeId id, Exception? innerException) => new(
        SpiffeErrorReason.SvidInvalid,
        $"The private key of '{id}' does not belong to its certificate (Workload API, section 5.1).",
        innerException);
}
