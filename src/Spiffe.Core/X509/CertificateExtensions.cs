using System.Formats.Asn1;
using System.Security.Cryptography.X509Certificates;

namespace Spiffe;

/// <summary>The extensions of a certificate, read as ASN.1 (RFC 5280, section 4.2).</summary>
internal sealed class CertificateExtensions
{
    private const string KeyUsageOid = "2.5.29.15";
    private const string SubjectAlternativeNameOid = "2.5.29.17";
    private const string BasicConstraintsOid = "2.5.29.19";
    private const string NameConstraintsOid = "2.5.29.30";
    private const string CertificatePoliciesOid = "2.5.29.32";
    private const string ExtendedKeyUsageOid = "2.5.29.37";

    /// <exception cref="AsnContentException">An extension is not what its section says.</exception>
    public CertificateExtensions(AsnReader? extensions)
    {
        HashSet<string> oids = new(StringComparer.Ordinal);
        while (extensions?.HasData == true)
        {
            AsnReader extension = extensions.ReadSequence();
            string oid = extension.ReadObjectIdentifier();
            bool isCritical = extension.PeekTag() == Asn1Tag.Boolean && extension.ReadBoolean();
            AsnReader value = new(ReadOctets(extension), AsnEncodingRules.DER);
            extension.ThrowIfNotEmpty();
            if (!oids.Add(oid))
            {
                throw new AsnContentException($"The extension {oid} occurs twice.");
            }

            UnknownCritical ??= isCritical && !IsProcessed(oid) ? oid : null;
            Read(oid, isCritical, value);
        }
    }

    /// <summary>All names of the subject alternative name; empty where there is none.</summary>
    public IReadOnlyList<GeneralName> AlternativeNames { get; private set; } = [];

    public bool IsAlternativeNameCritical { get; private set; }

    /// <summary>Null where the extension is absent.</summary>
    public X509KeyUsageFlags? KeyUsage { get; private set; }

    public bool IsKeyUsageCritical { get; private set; }

    /// <summary>The OIDs of the extended key usage; null where the extension is absent.</summary>
    public IReadOnlyList<string>? ExtendedKeyUsages { get; private set; }

    /// <summary>An absent extension counts as false (X509-SVID, section 4.1).</summary>
    public bool IsAuthority { get; private set; }

    /// <summary>How many intermediates may follow below; null without limit.</summary>
    public int? PathLength { get; private set; }

    public NameConstraints? NameConstraints { get; private set; }

    /// <summary>The OID of the first critical extension that nothing here processes; null where there is none.</summary>
    public string? UnknownCritical { get; private set; }

    // Any policy is acceptable here, and policyConstraints is not among these: so certificatePolicies restricts nothing.
    private static bool IsProcessed(string oid) => oid is KeyUsageOid or SubjectAlternativeNameOid or BasicConstraintsOid or
        NameConstraintsOid or CertificatePoliciesOid or ExtendedKeyUsageOid;

    private static ReadOnlyMemory<byte> ReadOctets(AsnReader reader) =>
        reader.TryReadPrimitiveOctetString(out ReadOnlyMemory<byte> octets)
            ? octets
            : throw new AsnContentException("An octet string is not primitive.");

    private void Read(string oid, bool isCritical, AsnReader value)
    {
        switch (oid)
        {
            case KeyUsageOid:
                KeyUsage = ReadKeyUsage(value);
                IsKeyUsageCritical = isCritical;
                break;
            case SubjectAlternativeNameOid:
                AlternativeNames = GeneralName.ReadAll(value.ReadSequence());
                IsAlternativeNameCritical = isCritical;
                break;
            case BasicConstraintsOid:
                ReadBasicConstraints(value.ReadSequence());
                break;
            case NameConstraintsOid:
                NameConstraints = NameConstraints.Read(value.ReadSequence());
                break;
            case ExtendedKeyUsageOid:
                ExtendedKeyUsages = ReadOids(value.ReadSequence());
                break;
            default:
                return;
        }

        value.ThrowIfNotEmpty();
    }

    private static X509KeyUsageFlags ReadKeyUsage(AsnReader value)
    {
        ReadOnlySpan<byte> bits = value.ReadBitString(out _);
        return (X509KeyUsageFlags)((bits.Length > 0 ? bits[0] : 0) | (bits.Length > 1 ? bits[1] << 8 : 0));
    }

    private void ReadBasicConstraints(AsnReader constraints)
    {
        IsAuthority = constraints.HasData && constraints.PeekTag() == Asn1Tag.Boolean && constraints.ReadBoolean();
        if (constraints.HasData)
        {
            // A limit that no int holds is none that any path could reach.
            PathLength = constraints.TryReadInt32(out int length) ? length : int.MaxValue;
            if (PathLength < 0)
            {
                throw new AsnContentException("The path length is negative.");
            }
        }

        constraints.ThrowIfNotEmpty();
    }

    private static List<string> ReadOids(AsnReader sequence)
    {
        List<string> oids = [];
        while (sequence.HasData)
        {
            oids.Add(sequence.ReadObjectIdentifier());
        }

        return oids;
    }
}
