using System.Formats.Asn1;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;

namespace Spiffe.DevAgent;

/// <summary>The trust domain's signing certificate and its key, in memory (X509-SVID, sections 3 and 4).</summary>
internal sealed class X509Authority
{
    // The upper bound of an organisation's name (RFC 5280, appendix A); a trust domain's may be longer.
    private const int MaxOrganizationLength = 64;

    private static readonly TimeSpan s_lifetime = TimeSpan.FromDays(365);
    private static readonly TimeSpan s_backdate = TimeSpan.FromSeconds(10);
    private static readonly OidCollection s_extendedKeyUsages = [new("1.3.6.1.5.5.7.3.1"), new("1.3.6.1.5.5.7.3.2")];

    private readonly ECDsa _key = ECDsa.Create(ECCurve.NamedCurves.nistP256);
    private readonly X509SignatureGenerator _generator;

    public X509Authority(TrustDomain trustDomain)
    {
        _generator = X509SignatureGenerator.CreateForECDsa(_key);
        CertificateRequest request = new(
            $"{Organization(trustDomain)}, CN=Development authority", _key, HashAlgorithmName.SHA256);
        request.CertificateExtensions.Add(X509BasicConstraintsExtension.CreateForCertificateAuthority());
        request.CertificateExtensions.Add(new X509KeyUsageExtension(
            X509KeyUsageFlags.KeyCertSign | X509KeyUsageFlags.CrlSign, critical: true));
        request.CertificateExtensions.Add(CreateNames(trustDomain.Id, []));
        request.CertificateExtensions.Add(new X509SubjectKeyIdentifierExtension(request.PublicKey, critical: false));
        DateTimeOffset now = DateTimeOffset.UtcNow;
        Certificate = request.Create(
            request.SubjectName, _generator, now - s_backdate, now + s_lifetime, CreateSerialNumber());
    }

    /// <summary>The certificate that peers verify with.</summary>
    public X509Certificate2 Certificate { get; }

    /// <summary>A new key and a certificate for it.</summary>
    public IssuedX509Svid Issue(Entry entry)
    {
        using AsymmetricAlgorithm key = KeyTypes.CreateKey(entry.KeyType);
        CertificateRequest request = key is RSA rsa
            ? new(Organization(entry.SpiffeId.TrustDomain), rsa, HashAlgorithmName.SHA256, RSASignaturePadding.Pkcs1)
            : new(Organization(entry.SpiffeId.TrustDomain), (ECDsa)key, HashAlgorithmName.SHA256);
        request.CertificateExtensions.Add(X509BasicConstraintsExtension.CreateForEndEntity(critical: true));
        request.CertificateExtensions.Add(new X509KeyUsageExtension(
            key is RSA
                ? X509KeyUsageFlags.DigitalSignature | X509KeyUsageFlags.KeyEncipherment
                : X509KeyUsageFlags.DigitalSignature | X509KeyUsageFlags.KeyAgreement,
            critical: true));
        request.CertificateExtensions.Add(new X509EnhancedKeyUsageExtension(s_extendedKeyUsages, critical: false));
        request.CertificateExtensions.Add(CreateNames(entry.SpiffeId, entry.DnsNames));
        request.CertificateExtensions.Add(new X509SubjectKeyIdentifierExtension(request.PublicKey, critical: false));
        request.CertificateExtensions.Add(X509AuthorityKeyIdentifierExtension.CreateFromCertificate(
            Certificate, includeKeyIdentifier: true, includeIssuerAndSerial: false));

        DateTimeOffset now = DateTimeOffset.UtcNow;
        DateTimeOffset end = now + entry.Ttl;
        DateTimeOffset lastEnd = new(Certificate.NotAfter);
        using X509Certificate2 certificate = request.Create(
            Certificate.SubjectName, _generator, now - s_backdate, end < lastEnd ? end : lastEnd, CreateSerialNumber());
        return new IssuedX509Svid(certificate.RawData, key.ExportPkcs8PrivateKey(), now, entry.Ttl);
    }

    private static string Organization(TrustDomain trustDomain) =>
        $"O={trustDomain.Name[..Math.Min(trustDomain.Name.Length, MaxOrganizationLength)]}";

    /// <summary>SubjectAltName with the ID byte for byte; <c>System.Uri</c> would rewrite it.</summary>
    private static X509Extension CreateNames(SpiffeId id, IReadOnlyList<string> dnsNames)
    {
        AsnWriter writer = new(AsnEncodingRules.DER);
        using (writer.PushSequence())
        {
            writer.WriteCharacterString(
                UniversalTagNumber.IA5String, id.ToString(), new Asn1Tag(TagClass.ContextSpecific, 6));
            foreach (string name in dnsNames)
            {
                writer.WriteCharacterString(UniversalTagNumber.IA5String, name, new Asn1Tag(TagClass.ContextSpecific, 2));
            }
        }

        return new X509Extension("2.5.29.17", writer.Encode(), critical: false);
    }

    /// <summary>Positive and at most 20 bytes (RFC 5280, 4.1.2.2).</summary>
    private static byte[] CreateSerialNumber()
    {
        byte[] serialNumber = RandomNumberGenerator.GetBytes(16);
        serialNumber[0] = (byte)((serialNumber[0] & 0x7f) | 0x01);
        return serialNumber;
    }
}
