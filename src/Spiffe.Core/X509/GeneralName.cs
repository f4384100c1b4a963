using System.Formats.Asn1;

namespace Spiffe;

/// <summary>One name of a subject alternative name or a name constraint (RFC 5280, section 4.2.1.6).</summary>
/// <param name="Kind">The choice that was taken.</param>
/// <param name="Text">The text of e-mail, DNS and URI names as it stands there; otherwise empty.</param>
/// <param name="Octets">IP address: its bytes, with the mask where it is a constraint. Directory name: the encoded name.</param>
internal sealed record GeneralName(GeneralNameKind Kind, string Text, ReadOnlyMemory<byte> Octets)
{
    /// <exception cref="AsnContentException">It is not a sequence of general names.</exception>
    public static List<GeneralName> ReadAll(AsnReader names)
    {
        List<GeneralName> all = [];
        while (names.HasData)
        {
            all.Add(Read(names));
        }

        return all;
    }

    /// <exception cref="AsnContentException">It is not a general name.</exception>
    public static GeneralName Read(AsnReader reader)
    {
        Asn1Tag tag = reader.PeekTag();
        GeneralNameKind kind = tag.TagClass == TagClass.ContextSpecific && tag.TagValue <= (int)GeneralNameKind.RegisteredId
            ? (GeneralNameKind)tag.TagValue
            : throw new AsnContentException("A name has an unknown tag.");
        switch (kind)
        {
            case GeneralNameKind.Email or GeneralNameKind.Dns or GeneralNameKind.Uri:
                return new GeneralName(kind, reader.ReadCharacterString(UniversalTagNumber.IA5String, tag), default);
            case GeneralNameKind.IPAddress:
                return reader.TryReadPrimitiveOctetString(out ReadOnlyMemory<byte> address, tag)
                    ? new GeneralName(kind, string.Empty, address)
                    : throw new AsnContentException("An IP address is not a primitive octet string.");
            case GeneralNameKind.Directory:
                AsnReader choice = reader.ReadSequence(tag);
                ReadOnlyMemory<byte> name = choice.ReadEncodedValue();
                choice.ThrowIfNotEmpty();
                return new GeneralName(kind, string.Empty, name);
            default:
                return new GeneralName(kind, string.Empty, reader.ReadEncodedValue());
        }
    }
}
