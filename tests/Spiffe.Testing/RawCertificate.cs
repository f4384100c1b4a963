using System.Formats.Asn1;
using System.Security.Cryptography.X509Certificates;

namespace Spiffe.Testing;

/// <summary>A certificate put together from encoded parts that may be wrong; its signature is good all the same.</summary>
public sealed record RawCertificate
{
    private static readonly Asn1Tag s_version = new(TagClass.ContextSpecific, 0);
    private static readonly Asn1Tag s_extensions = new(TagClass.ContextSpecific, 3);

    /// <summary>The encoded name.</summary>
    public required byte[] Subject { get; init; }

    /// <summary>The encoded SubjectPublicKeyInfo.</summary>
    public required byte[] PublicKey { get; init; }

    public required IEnumerable<X509Extension> Extensions { get; init; }

    /// <summary>An encoded name of one attribute, a common name whose value may be of any type, or not even text.</summary>
    public static byte[] CommonName(UniversalTagNumber type, byte[] value)
    {
        AsnWriter text = new(AsnEncodingRules.DER);
        text.WriteOctetString(value);
        byte[] encoded = text.Encode();
        encoded[0] = (byte)type;

        AsnWriter writer = new(AsnEncodingRules.DER);
        using (writer.PushSequence())
        using (writer.PushSetOf())
        using (writer.PushSequence())
        {
            writer.WriteObjectIdentifier("2.5.4.3");
            writer.WriteEncodedValue(encoded);
        }

        return writer.Encode();
    }

    public X509Certificate2 SignedBy(TestSigner signer) => X509CertificateLoader.LoadCertificate(Encode(signer));

    public byte[] Encode(TestSigner signer)
    {
        byte[] content = WriteContent(signer);
        AsnWriter writer = new(AsnEncodingRules.DER);
        using (writer.PushSequence())
        {
            writer.WriteEncodedValue(content);
            writer.WriteEncodedValue(signer.SignatureAlgorithm);
            writer.WriteBitString(signer.Sign(content));
        }

        return writer.Encode();
    }

    private byte[] WriteContent(TestSigner signer)
    {
        AsnWriter writer = new(AsnEncodingRules.DER);
        using (writer.PushSequence())
        {
            using (writer.PushSequence(s_version))
            {
                writer.WriteInteger(2);
            }

            writer.WriteInteger(1);
            writer.WriteEncodedValue(signer.SignatureAlgorithm);
            writer.WriteEncodedValue(signer.Certificate.SubjectName.RawData);
            using (writer.PushSequence())
            {
                writer.WriteUtcTime(DateTimeOffset.UtcNow.AddMinutes(-5));
                writer.WriteUtcTime(DateTimeOffset.UtcNow.AddHours(1));
            }

            writer.WriteEncodedValue(Subject);
            writer.WriteEncodedValue(PublicKey);
            using (writer.PushSequence(s_extensions))
            using (writer.PushSequence())
            {
                foreach (X509Extension extension in Extensions)
                {
                    WriteExtension(writer, extension);
                }
            }
        }

        return writer.Encode();
    }

    private static void WriteExtension(AsnWriter writer, X509Extension extension)
    {
        using (writer.PushSequence())
        {
            writer.WriteObjectIdentifier(extension.Oid!.Value!);
            if (extension.Critical)
            {
                writer.WriteBoolean(true);
            }

            writer.WriteOctetString(extension.RawData);
        }
    }
}
