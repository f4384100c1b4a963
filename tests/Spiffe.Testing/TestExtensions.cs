using System.Formats.Asn1;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;

namespace Spiffe.Testing;

/// <summary>Extensions of certificates, written as ASN.1 so that they can also be wrong.</summary>
public static class TestExtensions
{
    private const int EmailTag = 1;
    private const int DnsTag = 2;
    private const int DirectoryTag = 4;
    private const int UriTag = 6;
    private const int AddressTag = 7;

    public static X509Extension BasicConstraints(bool isAuthority, int? pathLength = null) =>
        new X509BasicConstraintsExtension(isAuthority, pathLength is not null, pathLength ?? 0, critical: true);

    public static X509Extension KeyUsage(X509KeyUsageFlags usages, bool critical = true) => new X509KeyUsageExtension(usages, critical);

    public static X509Extension ExtendedKeyUsage(bool critical, params string[] oids) =>
        new X509EnhancedKeyUsageExtension([.. oids.Select(oid => new Oid(oid))], critical);

    public static X509Extension Uris(params string[] uris) => Names(critical: false, [.. uris.Select(uri => $"URI:{uri}")]);

    /// <summary>Subject alternative names such as <c>URI:spiffe://td/x</c>, <c>DNS:a.b</c>, <c>email:x@y</c>, <c>IP:0A000001</c>.</summary>
    public static X509Extension Names(bool critical, params string[] names)
    {
        AsnWriter writer = new(AsnEncodingRules.DER);
        using (writer.PushSequence())
        {
            foreach (string name in names)
            {
                WriteName(writer, name);
            }
        }

        return new X509Extension("2.5.29.17", writer.Encode(), critical);
    }

    /// <summary>Names as for <see cref="Names"/>, for what is permitted and what is excluded.</summary>
    public static X509Extension NameConstraints(string[] permitted, string[] excluded)
    {
        AsnWriter writer = new(AsnEncodingRules.DER);
        using (writer.PushSequence())
        {
            WriteSubtrees(writer, permitted, tag: 0);
            WriteSubtrees(writer, excluded, tag: 1);
        }

        return new X509Extension("2.5.29.30", writer.Encode(), critical: true);
    }

    /// <summary>An unknown extension.</summary>
    public static X509Extension Unknown(bool critical) => new("1.3.6.1.4.1.99999.1", [0x05, 0x00], critical);

    private static void WriteSubtrees(AsnWriter writer, string[] names, int tag)
    {
        if (names.Length == 0)
        {
            return;
        }

        using (writer.PushSequence(new Asn1Tag(TagClass.ContextSpecific, tag)))
        {
            foreach (string name in names)
            {
                using (writer.PushSequence())
                {
                    WriteName(writer, name);
                }
            }
        }
    }

    private static void WriteName(AsnWriter writer, string name)
    {
        string text = name[(name.IndexOf(':', StringComparison.Ordinal) + 1)..];
        switch (name[..name.IndexOf(':', StringComparison.Ordinal)])
        {
            case "URI":
                writer.WriteCharacterString(UniversalTagNumber.IA5String, text, new Asn1Tag(TagClass.ContextSpecific, UriTag));
                break;
            case "DNS":
                writer.WriteCharacterString(UniversalTagNumber.IA5String, text, new Asn1Tag(TagClass.ContextSpecific, DnsTag));
                break;
            case "email":
                writer.WriteCharacterString(UniversalTagNumber.IA5String, text, new Asn1Tag(TagClass.ContextSpecific, EmailTag));
                break;
            case "IP":
                writer.WriteOctetString(Convert.FromHexString(text), new Asn1Tag(TagClass.ContextSpecific, AddressTag));
                break;
            case "dir":
                using (writer.PushSequence(new Asn1Tag(TagClass.ContextSpecific, DirectoryTag)))
                {
                    writer.WriteEncodedValue(new X500DistinguishedName(text).RawData);
                }

                break;
            case "ID":
                writer.WriteObjectIdentifier(text, new Asn1Tag(TagClass.ContextSpecific, 8));
                break;
            default:
                throw new ArgumentException(name, nameof(name));
        }
    }
}
