using System.Text;

namespace Spiffe.Helper;

/// <summary>Splits <c>cmd_args</c> as Go's encoding/csv does with a space as its comma.</summary>
internal static class GoArguments
{
    private const char Separator = ' ';
    private const char Quote = '"';

    /// <summary>The fields of the first line that is not empty. Two spaces in a row have an empty argument between them.</summary>
    /// <exception cref="FormatException">A quote is where none may be.</exception>
    public static IReadOnlyList<string> Split(string text)
    {
        // A line ends with LF or CRLF, and empty ones are passed over.
        string rest = text.Replace("\r\n", "\n", StringComparison.Ordinal).TrimStart('\n');
        rest = rest is [.., '\r'] ? rest[..^1] : rest;
        List<string> arguments = [];
        if (rest.Length == 0)
        {
            return arguments;
        }

        int position = 0;
        do
        {
            arguments.Add(position < rest.Length && rest[position] == Quote
                ? ReadQuoted(rest, ref position)
                : ReadPlain(rest, ref position));
        }
        while (position < rest.Length && rest[position++] == Separator);
        return arguments;
    }

    private static string ReadPlain(string text, ref int position)
    {
        int length = text.AsSpan(position).IndexOfAny(Separator, '\n');
        string field = length < 0 ? text[position..] : text.Substring(position, length);
        position += field.Length;
        return field.Contains(Quote, StringComparison.Ordinal)
            ? throw new FormatException(
                $"the argument {Quoted.Text(field)} has a double quote in it; quotes go around all of an argument, and one in it is doubled")
            : field;
    }

    /// <summary>Between quotes a space and a line end are plain characters, and two quotes are one.</summary>
    private static string ReadQuoted(string text, ref int position)
    {
        StringBuilder field = new();
        for (position++; position < text.Length; position++)
        {
            if (text[position] != Quote)
            {
                field.Append(text[position]);
                continue;
            }

            position++;
            if (position == text.Length || text[position] is Separator or '\n')
            {
                return field.ToString();
            }

            if (text[position] != Quote)
            {
                throw new FormatException($"the quoted argument that begins with {Quoted.Text(field.ToString())} continues after its closing quote");
            }

            field.Append(Quote);
        }

        throw new FormatException($"the quoted argument that begins with {Quoted.Text(field.ToString())} has no closing quote");
    }
}
