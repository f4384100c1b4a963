using System.Diagnostics.CodeAnalysis;
using System.Formats.Asn1;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;

namespace Spiffe;

/// <summary>A certificate taken apart from its own bytes (RFC 5280, section 4.1), independent of how the platform reads it.</summary>
internal sealed class CertificateContent
{
    private static readonly Asn1Tag s_version = new(TagClass.ContextSpecific, 0);
    private static readonly Asn1Tag s_issuerUniqueId = new(TagClass.ContextSpecific, 1);
    private static readonly Asn1Tag s_subjectUniqueId = new(TagClass.ContextSpecific, 2);
    private static readonly Asn1Tag s_extensions = new(TagClass.ContextSpecific, 3);

    private X509Certificate2? _loaded;

    /// <exception cref="AsnContentException">It is not one certificate in DER.</exception>
    private CertificateContent(ReadOnlyMemory<byte> encoded, X509Certificate2? loaded)
    {
        Encoded = encoded;
        _loaded = loaded;
        AsnReader outer = new(Encoded, AsnEncodingRules.DER);
        AsnReader certificate = outer.ReadSequence();
        outer.ThrowIfNotEmpty();
        Signed = SignedContent.Read(certificate);

        AsnReader content = new AsnReader(Signed.Content, AsnEncodingRules.DER).ReadSequence();
        if (content.PeekTag().HasSameClassAndValue(s_version))
        {
            Version = content.ReadEncodedValue();
        }

        SerialNumber = content.ReadIntegerBytes();
        Signed.RequireAlgorithm(content.ReadEncodedValue());
        Issuer = content.ReadEncodedValue();
        AsnReader validity = content.ReadSequence();
        NotBefore = Asn1Time.Read(validity);
        NotAfter = Asn1Time.Read(validity);
        validity.ThrowIfNotEmpty();
        Subject = content.ReadEncodedValue();
        PublicKey = content.ReadEncodedValue();
        HasUniqueIds = SkipUniqueIds(content);
        Extensions = new CertificateExtensions(content.HasData ? ReadExplicit(content, s_extensions) : null);
        content.ThrowIfNotEmpty();
    }

    /// <summary>The certificate as the platform has it; its key is ready for use.</summary>
    /// <exception cref="CryptographicException">The platform cannot read it.</exception>
    public X509Certificate2 Loaded => LazyInitializer.EnsureInitialized(
        ref _loaded, () => X509CertificateLoader.LoadCertificate(Encoded.Span));

    public SignedContent Signed { get; }

    public ReadOnlyMemory<byte> Encoded { get; }

    /// <summary>The encoded version with its tag; empty where it is absent.</summary>
    public ReadOnlyMemory<byte> Version { get; }

    public ReadOnlyMemory<byte> SerialNumber { get; }

    /// <summary>The encoded name.</summary>
    public ReadOnlyMemory<byte> Issuer { get; }

    /// <summary>The encoded name.</summary>
    public ReadOnlyMemory<byte> Subject { get; }

    /// <summary>The encoded SubjectPublicKeyInfo.</summary>
    public ReadOnlyMemory<byte> PublicKey { get; }

    public DateTimeOffset NotBefore { get; }

    public DateTimeOffset NotAfter { get; }

    /// <summary>Whether there are the unique identifiers of version 2, which are no longer in use.</summary>
    public bool HasUniqueIds { get; }

    public CertificateExtensions Extensions { get; }

    public IEnumerable<string> Uris => Extensions.AlternativeNames
        .Where(name => name.Kind == GeneralNameKind.Uri)
        .Select(name => name.Text);

    public bool HasEmptySubject => Subject.Length == 2;

    public bool IsSelfIssued => Subject.Span.SequenceEqual(Issuer.Span);

    public static bool TryParse(
        X509Certificate2 certificate,
        [NotNullWhen(true)] out CertificateContent? content,
        [NotNullWhen(false)] out string? fault) => TryParse(certificate.RawDataMemory, certificate, out content, out fault);

    public static bool TryParse(
        ReadOnlyMemory<byte> encoded,
        [NotNullWhen(true)] out CertificateContent? content,
        [NotNullWhen(false)] out string? fault) => TryParse(encoded, loaded: null, out content, out fault);

    /// <param name="encoded">The certificate's bytes.</param>
    /// <param name="loaded">How the platform reads them; null to ask it when needed.</param>
    /// <param name="content">The certificate taken apart.</param>
    /// <param name="fault">Why it cannot be.</param>
    public static bool TryParse(
        ReadOnlyMemory<byte> encoded,
        X509Certificate2? loaded,
        [NotNullWhen(true)] out CertificateContent? content,
        [NotNullWhen(false)] out string? fault)
    {
        try
        {
            content = new CertificateContent(encoded, loaded);
            fault = null;
            return true;
        }
        catch (AsnContentException exception)
        {
            content = null;
            fault = $"a certificate that is not valid DER: {exception.Message}";
            return false;
        }
    }

    public bool IsSameAs(CertificateContent other) => Encoded.Span.SequenceEqual(other.Encoded.Span);

    public bool IsIssuedInTheNameOf(CertificateContent signer) => Issuer.Span.SequenceEqual(signer.Subject.Span);

    public bool IsValidAt(DateTimeOffset instant) => NotBefore <= instant && instant <= NotAfter;

    /// <summary>The subject for messages, quoted.</summary>
    public string Describe() => HasEmptySubject ? "a certificate without subject" : Describe(Subject);

    /// <summary>An encoded name for messages, quoted.</summary>
    public static string Describe(ReadOnlyMemory<byte> name)
    {
        try
        {
            return Quoted.Text(new X500DistinguishedName(name.Span).Name);
        }
        catch (CryptographicException)
        {
            return "a name that is not valid";
        }
    }

    private static AsnReader ReadExplicit(AsnReader content, Asn1Tag tag)
    {
        AsnReader outer = content.ReadSequence(tag);
        AsnReader inner = outer.ReadSequence();
        outer.ThrowIfNotEmpty();
        return inner;
    }

    private static bool SkipUniqueIds(AsnReader content)
    {
        bool hasIssuer = Skip(content, s_issuerUniqueId);
        return Skip(content, s_subjectUniqueId) || hasIssuer;
    }

    private static bool Skip(AsnReader content, Asn1Tag tag)
    {
        if (!content.HasData || !content.PeekTag().HasSameClassAndValue(tag))
        {
            return false;
        }

        content.ReadEncodedValue();
        return true;
    }
}
