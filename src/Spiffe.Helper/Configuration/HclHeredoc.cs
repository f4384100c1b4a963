using System.Text;

namespace Spiffe.Helper;

/// <summary>Reads text over several lines: <c>&lt;&lt;NAME</c>, and <c>&lt;&lt;-NAME</c>, whose lines may be indented.</summary>
internal static class HclHeredoc
{
    /// <summary>The lines between both names. The last one keeps its line end, which is easily overlooked.</summary>
    /// <param name="cursor">At the first sign; afterwards behind the line with the second name.</param>
    /// <exception cref="ConfigurationFaultException">It does not end, or has no name.</exception>
    public static string Read(HclCursor cursor)
    {
        FilePosition start = cursor.Position;
        cursor.Advance();
        if (!cursor.Is('<'))
        {
            throw new ConfigurationFaultException(start, "found one '<'; expected '<<' and a name");
        }

        cursor.Advance();
        bool isIndented = cursor.Is('-');
        if (isIndented)
        {
            cursor.Advance();
        }

        int nameStart = cursor.Offset;
        cursor.AdvanceWhile(rune => HclScanner.IsLetter(rune) || HclScanner.IsDigit(rune));
        string name = cursor.From(nameStart);
        if (name.Length == 0 || !cursor.Is('\n'))
        {
            throw new ConfigurationFaultException(start, "expected a name of letters and digits, and nothing behind it in the line");
        }

        cursor.Advance();
        return ReadLines(cursor, start, name, isIndented);
    }

    private static string ReadLines(HclCursor cursor, FilePosition start, string name, bool isIndented)
    {
        List<string> lines = [];
        while (true)
        {
            int lineStart = cursor.Offset;
            cursor.AdvanceWhile(rune => rune.Value != '\n');
            string line = cursor.From(lineStart);
            if (cursor.IsAtEnd)
            {
                throw new ConfigurationFaultException(
                    start, $"the heredoc has no end; expected a line with {Quoted.Text(name)} alone, and a line end behind it");
            }

            cursor.Advance();
            if (line.TrimEnd('\r').EndsWith(name, StringComparison.Ordinal) &&
                line.TrimEnd('\r')[..^name.Length].AsSpan().Trim(" \t\v\f\r").IsEmpty)
            {
                string indent = line[..^(line.Length - line.TrimEnd('\r').Length + name.Length)];
                return isIndented ? RemoveIndent(lines, indent) : Join(lines) + indent;
            }

            lines.Add(line);
        }
    }

    /// <summary>All lines lose what the last one is indented by; if one of them has less, none does.</summary>
    private static string RemoveIndent(List<string> lines, string indent) =>
        lines.TrueForAll(line => line.StartsWith(indent, StringComparison.Ordinal))
            ? Join(lines.ConvertAll(line => line[indent.Length..]))
            : Join(lines).TrimEnd(' ', '\t');

    private static string Join(List<string> lines)
    {
        StringBuilder text = new();
        lines.ForEach(line => text.Append(line).Append('\n'));
        return text.ToString();
    }
}
