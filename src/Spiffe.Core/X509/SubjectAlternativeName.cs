using System.Formats.Asn1;
using System.Security.Cryptography.X509Certificates;

namespace Spiffe;

/// <summary>The subject alternative names of a certificate, read as ASN.1.</summary>
/// <remarks><c>X509Certificate2.GetNameInfo</c> hides a second URI, and <c>System.Uri</c> rewrites what it is given.</remarks>
internal static class SubjectAlternativeName
{
    private const string Oid = "2.5.29.17";

    private static readonly Asn1Tag s_uri = new(TagClass.ContextSpecific, 6);

    /// <summary>All URI names in their order, each as it stands in the certificate.</summary>
    /// <exception cref="AsnContentException">The extension is not what RFC 5280, 4.2.1.6 says.</exception>
    public static List<string> ReadUris(X509Certificate2 certificate)
    {
        List<string> uris = [];
        foreach (X509Extension extension in certificate.Extensions.Where(extension => extension.Oid?.Value == Oid))
        {
            AsnReader names = new AsnReader(extension.RawData, AsnEncodingRules.DER).ReadSequence();
            while (names.HasData)
            {
                if (names.PeekTag().HasSameClassAndValue(s_uri))
                {
                    uris.Add(names.ReadCharacterString(UniversalTagNumber.IA5String, s_uri));
                }
                else
                {
                    names.ReadEncodedValue();
                }
            }
        }

        return uris;
    }
}
