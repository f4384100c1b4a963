using System.Formats.Asn1;
using System.Text;

namespace Spiffe;

/// <summary>Compares distinguished names as people mean them: without regard to case, spaces and string type.</summary>
/// <remarks>RFC 5280, section 7.1. A comparison of bytes would let an excluded name pass in another string type.</remarks>
internal static class DirectoryName
{
    /// <summary>Whether a name begins with all of a constraint's parts.</summary>
    public static bool IsPrefix(ReadOnlyMemory<byte> constraint, ReadOnlyMemory<byte> name)
    {
        List<string> expected = ReadParts(constraint);
        List<string> found = ReadParts(name);
        return expected.Count <= found.Count && expected.SequenceEqual(found.Take(expected.Count), StringComparer.Ordinal);
    }

    /// <exception cref="AsnContentException">It is not a name, or a part of it is not text as RFC 5280, section 4.1.2.4, wants it.</exception>
    public static void RequireOrder(ReadOnlyMemory<byte> name)
    {
        AsnReader outer = new(name, AsnEncodingRules.DER);
        AsnReader relativeNames = outer.ReadSequence();
        outer.ThrowIfNotEmpty();
        while (relativeNames.HasData)
        {
            AsnReader attributes = relativeNames.ReadSetOf();
            do
            {
                AsnReader attribute = attributes.ReadSequence();
                attribute.ReadObjectIdentifier();
                UniversalTagNumber type = (UniversalTagNumber)attribute.PeekTag().TagValue;
                if (type is not (UniversalTagNumber.UTF8String or UniversalTagNumber.PrintableString or UniversalTagNumber.IA5String))
                {
                    throw new AsnContentException("A part of a name has an unsupported type.");
                }

                attribute.ReadCharacterString(type);
                attribute.ThrowIfNotEmpty();
            }
            while (attributes.HasData);
        }
    }

    private static List<string> ReadParts(ReadOnlyMemory<byte> name)
    {
        List<string> parts = [];
        AsnReader relativeNames = new AsnReader(name, AsnEncodingRules.DER).ReadSequence();
        while (relativeNames.HasData)
        {
            AsnReader attributes = relativeNames.ReadSetOf();
            List<string> values = [];
            while (attributes.HasData)
            {
                AsnReader attribute = attributes.ReadSequence();
                values.Add($"{attribute.ReadObjectIdentifier()}={ReadValue(attribute)}");
            }

            values.Sort(StringComparer.Ordinal);
            parts.Add(string.Join('+', values));
        }

        return parts;
    }

    private static string ReadValue(AsnReader attribute)
    {
        UniversalTagNumber type = (UniversalTagNumber)attribute.PeekTag().TagValue;
        if (type is not (UniversalTagNumber.UTF8String or UniversalTagNumber.PrintableString or UniversalTagNumber.IA5String or
            UniversalTagNumber.T61String or UniversalTagNumber.BMPString))
        {
            return Convert.ToHexString(attribute.ReadEncodedValue().Span);
        }

        string text = attribute.ReadCharacterString(type);
        if (text.AsSpan().IndexOfAnyInRange('\uFFFE', '\uFFFF') >= 0)
        {
            // They are not characters: on some systems Normalize throws for them, on others it does not.
            throw new AsnContentException("A name is not text.");
        }

        string[] words = text.Normalize(NormalizationForm.FormKC).Split(' ', StringSplitOptions.RemoveEmptyEntries);
        return string.Join(' ', words).ToUpperInvariant();
    }
}
