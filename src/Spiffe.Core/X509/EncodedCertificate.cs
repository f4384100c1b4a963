using System.Formats.Asn1;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;

namespace Spiffe;

/// <summary>
/// One certificate in DER. The platform's object costs more than all that is read here, and is made when it is first asked for.
/// </summary>
internal sealed class EncodedCertificate
{
    private readonly X509Certificate2? _loaded;

    private EncodedCertificate(ReadOnlyMemory<byte> der, CertificateContent? content, X509Certificate2? loaded)
    {
        Der = der;
        Content = content;
        _loaded = loaded;
    }

    public ReadOnlyMemory<byte> Der { get; }

    /// <summary>Null where only the platform can read the certificate, because it is not strictly DER.</summary>
    public CertificateContent? Content { get; }

    public X509Certificate2 Loaded => Content?.Loaded ?? _loaded!;

    public static EncodedCertificate From(X509Certificate2 loaded) => From(loaded.RawDataMemory, loaded);

    /// <exception cref="CryptographicException">It is not one certificate.</exception>
    public static EncodedCertificate Read(ReadOnlyMemory<byte> der)
    {
        if (CertificateContent.TryParse(der, out CertificateContent? content, out _) && IsOrdinary(content))
        {
            return new EncodedCertificate(der, content, loaded: null);
        }

        // The platform decides about what is odd, and it does so now.
        return From(der, X509CertificateLoader.LoadCertificate(der.Span));
    }

    private static EncodedCertificate From(ReadOnlyMemory<byte> der, X509Certificate2 loaded) => new(
        der, CertificateContent.TryParse(der, loaded, out CertificateContent? content, out _) ? content : null, loaded);

    /// <summary>Whether those parts are in order, too, that the platform looks into when it loads a certificate, and nothing else here does.</summary>
    private static bool IsOrdinary(CertificateContent content)
    {
        try
        {
            RequireVersion(content.Version);
            DirectoryName.RequireOrder(content.Issuer);
            DirectoryName.RequireOrder(content.Subject);
            AsnReader key = new AsnReader(content.PublicKey, AsnEncodingRules.DER).ReadSequence();
            RequirePlain(key.ReadSequence());
            key.ReadBitString(out _);
            key.ThrowIfNotEmpty();
            RequirePlain(new AsnReader(content.Signed.Algorithm, AsnEncodingRules.DER).ReadSequence());
            return !content.HasUniqueIds;
        }
        catch (AsnContentException)
        {
            return false;
        }
    }

    private static void RequireVersion(ReadOnlyMemory<byte> encoded)
    {
        if (!encoded.IsEmpty)
        {
            AsnReader version = new AsnReader(encoded, AsnEncodingRules.DER).ReadSequence(new Asn1Tag(TagClass.ContextSpecific, 0));
            version.ReadInteger();
            version.ThrowIfNotEmpty();
        }
    }

    /// <summary>An algorithm without parameters, or with the name of a common curve.</summary>
    private static void RequirePlain(AsnReader identifier)
    {
        identifier.ReadObjectIdentifier();
        if (identifier.HasData && identifier.PeekTag() == Asn1Tag.Null)
        {
            identifier.ReadNull();
        }
        else if (identifier.HasData && EllipticCurve.FindJwkName(identifier.ReadObjectIdentifier()) is null)
        {
            throw new AsnContentException("The curve is not supported.");
        }

        identifier.ThrowIfNotEmpty();
    }
}
