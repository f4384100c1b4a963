using System.Formats.Asn1;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;

namespace Spiffe;

/// <summary>Puts a leaf certificate and its PKCS#8 key together (Workload API, section 5.1).</summary>
internal static class PrivateKey
{
    private const string Rsa = "1.2.840.113549.1.1.1";
    private const string EllipticCurve = "1.2.840.10045.2.1";

    /// <summary>A copy of <paramref name="leaf"/> that holds its private key.</summary>
    /// <exception cref="SpiffeException">
    /// <see cref="SpiffeErrorReason.ResponseInvalid"/>: not one unencrypted PKCS#8 key;
    /// <see cref="SpiffeErrorReason.SvidInvalid"/>: the key of another certificate;
    /// <see cref="SpiffeErrorReason.NotSupportedHere"/>: neither RSA nor ECDSA.
    /// </exception>
    public static X509Certificate2 Attach(X509Certificate2 leaf, ReadOnlySpan<byte> pkcs8, SpiffeId id)
    {
        string keyAlgorithm = ReadAlgorithm(pkcs8, id);
        string certificateAlgorithm = leaf.PublicKey.Oid.Value ?? string.Empty;
        if (certificateAlgorithm is not (Rsa or EllipticCurve))
        {
            throw new SpiffeException(
                SpiffeErrorReason.NotSupportedHere,
                $"The certificate of '{id}' has a key of algorithm {certificateAlgorithm}; RSA and ECDSA can be used here.");
        }

        if (keyAlgorithm != certificateAlgorithm)
        {
            throw DoesNotFit(id, innerException: null);
        }

        try
        {
            return keyAlgorithm == Rsa ? AttachRsa(leaf, pkcs8) : AttachEcdsa(leaf, pkcs8);
        }
        catch (ArgumentException exception)
        {
            throw DoesNotFit(id, exception);
        }
        catch (CryptographicException exception)
        {
            throw NotPkcs8(id, exception);
        }
    }

    private static X509Certificate2 AttachRsa(X509Certificate2 leaf, ReadOnlySpan<byte> pkcs8)
    {
        using RSA key = RSA.Create();
        key.ImportPkcs8PrivateKey(pkcs8, out _);
        return leaf.CopyWithPrivateKey(key);
    }

    private static X509Certificate2 AttachEcdsa(X509Certificate2 leaf, ReadOnlySpan<byte> pkcs8)
    {
        using ECDsa key = ECDsa.Create();
        key.ImportPkcs8PrivateKey(pkcs8, out _);
        return leaf.CopyWithPrivateKey(key);
    }

    private static string ReadAlgorithm(ReadOnlySpan<byte> pkcs8, SpiffeId id)
    {
        try
        {
            // PrivateKeyInfo ::= SEQUENCE { version INTEGER, algorithm SEQUENCE { OID, … }, key OCTET STRING, … }
            AsnReader outer = new(pkcs8.ToArray(), AsnEncodingRules.BER);
            AsnReader info = outer.ReadSequence();
            outer.ThrowIfNotEmpty();
            info.ReadInteger();
            return info.ReadSequence().ReadObjectIdentifier();
        }
        catch (AsnContentException exception)
        {
            throw NotPkcs8(id, exception);
        }
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
