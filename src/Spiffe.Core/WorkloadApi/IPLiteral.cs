using System.Buffers.Binary;
using System.Globalization;
using System.Net;

namespace Spiffe;

/// <summary>IP addresses as RFC 3986, section 3.2.2, writes them: no shorthand, no octal or hexadecimal numbers, no zone.</summary>
/// <remarks><see cref="IPAddress.TryParse(string, out IPAddress)"/> takes all of those.</remarks>
internal static class IPLiteral
{
    private const int Version6Bytes = 16;

    /// <summary>Four decimal numbers from 0 to 255 without leading zeros; null for anything else.</summary>
    public static IPAddress? ReadVersion4(string text) => ReadQuad(text) is { } bytes ? new IPAddress(bytes) : null;

    /// <summary>The text between the brackets; null where it is no IPv6 address. One that stands for IPv4 becomes that.</summary>
    public static IPAddress? ReadVersion6(string text)
    {
        int gap = text.IndexOf("::", StringComparison.Ordinal);
        byte[]? head = ReadGroups(gap < 0 ? text : text[..gap], mayEndInQuad: gap < 0);
        byte[]? tail = gap < 0 ? [] : ReadGroups(text[(gap + 2)..], mayEndInQuad: true);
        if (head is null || tail is null)
        {
            return null;
        }

        // The gap stands for at least one group.
        int missing = Version6Bytes - head.Length - tail.Length;
        if (gap < 0 ? missing != 0 : missing < 2)
        {
            return null;
        }

        IPAddress address = new([.. head, .. new byte[missing], .. tail]);
        return address.IsIPv4MappedToIPv6 ? address.MapToIPv4() : address;
    }

    private static byte[]? ReadGroups(string text, bool mayEndInQuad)
    {
        if (text.Length == 0)
        {
            return [];
        }

        string[] groups = text.Split(':');
        List<byte> bytes = [];
        for (int i = 0; i < groups.Length; i++)
        {
            byte[]? group = mayEndInQuad && i == groups.Length - 1 && groups[i].Contains('.', StringComparison.Ordinal)
                ? ReadQuad(groups[i])
                : ReadGroup(groups[i]);
            if (group is null)
            {
                return null;
            }

            bytes.AddRange(group);
        }

        return [.. bytes];
    }

    private static byte[]? ReadGroup(string text)
    {
        if (text.Length is 0 or > 4 || !text.All(char.IsAsciiHexDigit))
        {
            return null;
        }

        byte[] bytes = new byte[2];
        BinaryPrimitives.WriteUInt16BigEndian(
            bytes, ushort.Parse(text, NumberStyles.AllowHexSpecifier, CultureInfo.InvariantCulture));
        return bytes;
    }

    private static byte[]? ReadQuad(string text)
    {
        string[] parts = text.Split('.');
        byte[] bytes = new byte[4];
        if (parts.Length != bytes.Length)
        {
            return null;
        }

        for (int i = 0; i < bytes.Length; i++)
        {
            if (parts[i] is ['0', _, ..] ||
                !byte.TryParse(parts[i], NumberStyles.None, CultureInfo.InvariantCulture, out bytes[i]))
            {
                return null;
            }
        }

        return bytes;
    }
}
