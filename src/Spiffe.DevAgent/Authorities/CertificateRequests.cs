using System.Formats.Asn1;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;

namespace Spiffe.DevAgent;

/// <summary>The content of the certificates of a trust domain (X509-SVID, sections 2 to 4).</summary>
internal static class CertificateRequests
{
    // The upper bound of an organisation's name (RFC 5280, appendix A); a trust domain's may be longer.
    private const int MaxOrganizationLength = 64;

    private static readonly OidCollection s_extendedKeyUsages = [new("1.3.6.1.5.5.7.3.1"), new("1.3.6.1.5.5.7.3.2")];

    /// <summary>Each authority has a name of its own, so that a verifier need not try several.</summary>
    public static CertificateRequest ForAuthority(TrustDomain trustDomain, ECDsa key)
    {
        string number = RandomNumberGenerator.GetHexString(8, lowercase: true);
        CertificateRequest request = new(
            $"{Organization(trustDomain)}, CN=Development authority {number}", key, HashAlgorithmName.SHA256);
        request.CertificateExtensions.Add(X509BasicConstraintsExtension.CreateForCertificateAuthority());
        request.CertificateExtensions.Add(new X509KeyUsageExtension(
            X509KeyUsageFlags.KeyCertSign | X509KeyUsageFlags.CrlSign, critical: true));
        request.CertificateExtensions.Add(CreateNames(trustDomain.Id, []));
        request.CertificateExtensions.Add(new X509SubjectKeyIdentifierExtension(request.PublicKey, critical: false));
        return request;
    }

    public static CertificateRequest ForSvid(Entry entry, AsymmetricAlgorithm key, X509Certificate2 authority)
    {
        string subject = Organization(entry.SpiffeId.TrustDomain);
        CertificateRequest request = key is RSA rsa
            ? new(subject, rsa, HashAlgorithmName.SHA256, RSASignaturePadding.Pkcs1)
            : new(subject, (ECDsa)key, HashAlgorithmName.SHA256);
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
            authority, includeKeyIdentifier: true, includeIssuerAndSerial: false));
        return request;
    }

    /// <summary>Positive and at most 20 bytes (RFC 5280, 4.1.2.2).</summary>
    public static byte[] CreateSerialNumber()
    {
        byte[] serialNumber = RandomNumberGenerator.GetBytes(16);
        serialNumber[0] = (byte)((serialNumber[0] & 0x7f) | 0x01);
        return serialNumber;
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
}
