using System.Globalization;
using System.Text;

namespace Spiffe.Helper;

/// <summary>Reads strings in double quotes.</summary>
internal static class HclString
{
    /// <summary>What the string stands for. In <c>${…}</c> every character stands for itself, quotes and line ends too.</summary>
    /// <param name="cursor">At the first quote; afterwards behind the last one.</param>
    /// <exception cref="ConfigurationFaultException">It does not end, or has an escape that HCL does not know.</exception>
    public static string Read(HclCursor cursor)
    {
        FilePosition start = cursor.Position;
        cursor.Advance();

        // An escape may name a byte that is only a part of a character.
        using MemoryStream content = new();
        int braces = 0;
        while (braces > 0 || !cursor.Is('"'))
        {
            if (cursor.IsAtEnd || (cursor.Is('\n') && braces == 0))
            {
                throw new ConfigurationFaultException(start, "the string has no end; expected a double quote in the same line");
            }

            if (cursor.Is('\\'))
            {
                int escape = cursor.Offset;
                byte[] bytes = ReadEscape(cursor);
                content.Write(braces == 0 ? bytes : Encoding.UTF8.GetBytes(cursor.From(escape)));
                continue;
            }

            bool isDollar = braces == 0 && cursor.Is('$') && cursor.Next == '{';
            braces += isDollar || (braces > 0 && cursor.Is('{')) ? 1 : braces > 0 && cursor.Is('}') ? -1 : 0;
            Copy(cursor, content);
            if (isDollar)
            {
                Copy(cursor, content);
            }
        }

        cursor.Advance();
        return Encoding.UTF8.GetString(content.GetBuffer(), 0, (int)content.Length);
    }

    private static void Copy(HclCursor cursor, MemoryStream content)
    {
        content.Write(Encoding.UTF8.GetBytes(cursor.Current.ToString()));
        cursor.Advance();
    }

    private static byte[] ReadEscape(HclCursor cursor)
    {
        FilePosition start = cursor.Position;
        cursor.Advance();
        int kind = cursor.Current.Value;
        if (kind is >= '0' and <= '7')
        {
            return [ReadByte(ReadDigits(cursor, start, count: 3, numberBase: 8), start)];
        }

        if ("abfnrtv\\\"".Contains((char)kind, StringComparison.Ordinal) && !cursor.IsAtEnd)
        {
            cursor.Advance();
            return [(byte)Unescape(kind)];
        }

        int count = kind switch { 'x' => 2, 'u' => 4, 'U' => 8, _ => 0 };
        if (count == 0)
        {
            throw Unknown(start);
        }

        cursor.Advance();
        long value = ReadDigits(cursor, start, count, numberBase: 16);
        if (kind == 'x')
        {
            return [ReadByte(value, start)];
        }

        return value > 0x10FFFF
            ? throw Unknown(start)
            : Encoding.UTF8.GetBytes((Rune.IsValid((int)value) ? new Rune((int)value) : Rune.ReplacementChar).ToString());
    }

    private static char Unescape(int kind) => kind switch
    {
        'a' => '\a',
        'b' => '\b',
        'f' => '\f',
        'n' => '\n',
        'r' => '\r',
        't' => '\t',
        'v' => '\v',
        _ => (char)kind,
    };

    private static byte ReadByte(long value, FilePosition start) => value <= byte.MaxValue ? (byte)value : throw Unknown(start);

    private static long ReadDigits(HclCursor cursor, FilePosition start, int count, int numberBase)
    {
        long value = 0;
        for (int i = 0; i < count; i++)
        {
            if (!int.TryParse(cursor.Current.ToString(), NumberStyles.AllowHexSpecifier, CultureInfo.InvariantCulture, out int digit) ||
                digit >= numberBase)
            {
                throw Unknown(start);
            }

            value = (value * numberBase) + digit;
            cursor.Advance();
        }

        return value;
    }

    private static ConfigurationFaultException Unknown(FilePosition start) => new(
        start,
        "the escape is unknown; expected \\a \\b \\f \\n \\r \\t \\v \\\\ \\\", three octal digits, or \\x, \\u, \\U with 2, 4, 8 " +
        "hexadecimal digits. A backslash of a path is written twice");
}
