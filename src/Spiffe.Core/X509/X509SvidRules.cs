using System.Formats.Asn1;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;

namespace Spiffe;

/// <summary>What a certificate must be to identify a workload, apart from who signed it (X509-SVID, sections 2 to 5.2).</summary>
internal static class X509SvidRules
{
    private const X509KeyUsageFlags SignerUsages = X509KeyUsageFlags.KeyCertSign | X509KeyUsageFlags.CrlSign;

    /// <summary>Checks a leaf and gives the SPIFFE ID that it carries.</summary>
    /// <exception cref="SpiffeException"><see cref="SpiffeErrorReason.SvidInvalid"/> with the clause that is broken.</exception>
    public static SpiffeId CheckLeaf(X509Certificate2 leaf)
    {
        try
        {
            SpiffeId id = ReadSpiffeId(leaf);
            if (!id.HasPath)
            {
                throw Broken($"'{id}' has no path, and only a signing certificate may carry such an ID", "5.2");
            }

            if (IsCertificateAuthority(leaf))
            {
                throw Broken($"the certificate of '{id}' is a CA certificate", "4.1");
            }

            CheckKeyUsage(leaf, id);
            return id;
        }
        catch (Exception exception) when (exception is AsnContentException or CryptographicException)
        {
            throw Broken("an extension of the certificate is not valid DER", "5.1", exception);
        }
    }

    public static bool IsCertificateAuthority(X509Certificate2 certificate) =>
        certificate.Extensions.OfType<X509BasicConstraintsExtension>().Any(basic => basic.CertificateAuthority);

    private static SpiffeId ReadSpiffeId(X509Certificate2 leaf)
    {
        List<string> uris = SubjectAlternativeName.ReadUris(leaf);
        if (uris.Count != 1)
        {
            throw Broken($"the certificate has {uris.Count} URI names; expected exactly one", "2");
        }

        return SpiffeId.TryParse(uris[0], out SpiffeId? id)
            ? id
            : throw Broken($"the certificate's URI name {Quoted.Text(uris[0])} is not a SPIFFE ID", "2");
    }

    private static void CheckKeyUsage(X509Certificate2 leaf, SpiffeId id)
    {
        X509KeyUsageExtension usage = leaf.Extensions.OfType<X509KeyUsageExtension>().FirstOrDefault()
            ?? throw Broken($"the certificate of '{id}' has no key usage", "4.3");
        if (!usage.Critical)
        {
            throw Broken($"the key usage of '{id}' is not marked critical", "4.3");
        }

        if (!usage.KeyUsages.HasFlag(X509KeyUsageFlags.DigitalSignature))
        {
            throw Broken($"the key usage of '{id}' lacks digitalSignature", "4.3");
        }

        if ((usage.KeyUsages & SignerUsages) != X509KeyUsageFlags.None)
        {
            throw Broken($"the key usage of '{id}' has keyCertSign or cRLSign, which only a signer may have", "4.3");
        }
    }

    private static SpiffeException Broken(string fault, string section, Exception? innerException = null) =>
        new(SpiffeErrorReason.SvidInvalid, $"An X509-SVID is not valid: {fault} (X509-SVID, section {section}).", innerException);
}
