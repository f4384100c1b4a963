using System.Text;

namespace Spiffe.Helper;

/// <summary>Splits a configuration file into its words and signs, as HCL 1 does.</summary>
internal sealed class HclScanner
{
    private readonly HclCursor _cursor;

    public HclScanner(string text)
    {
        // Every line end becomes one character, also inside of heredocs.
        _cursor = new HclCursor(text.Replace("\r\n", "\n", StringComparison.Ordinal));
        _cursor.RefuseForbidden();
    }

    /// <exception cref="ConfigurationFaultException">What is here begins nothing, or does not end.</exception>
    public HclToken Next()
    {
        SkipSpaceAndComments();
        FilePosition position = _cursor.Position;
        int start = _cursor.Offset;
        if (_cursor.IsAtEnd)
        {
            return new HclToken(HclTokenKind.End, string.Empty, position);
        }

        Rune first = _cursor.Current;
        if (IsLetter(first))
        {
            _cursor.AdvanceWhile(rune => IsLetter(rune) || IsDigit(rune) || rune.Value is '-' or '.');
            string word = _cursor.From(start);
            return new HclToken(word is "true" or "false" ? HclTokenKind.Bool : HclTokenKind.Identifier, word, position);
        }

        if (IsDecimal(first) || (first.Value is '-' or '.' && char.IsAsciiDigit(_cursor.Next)))
        {
            return ReadNumber(position);
        }

        return first.Value switch
        {
            '"' => new HclToken(HclTokenKind.String, HclString.Read(_cursor), position),
            '<' => new HclToken(HclTokenKind.Heredoc, HclHeredoc.Read(_cursor), position),
            '=' => ReadSign(HclTokenKind.Assign),
            '{' => ReadSign(HclTokenKind.LeftBrace),
            '}' => ReadSign(HclTokenKind.RightBrace),
            '[' => ReadSign(HclTokenKind.LeftBracket),
            ']' => ReadSign(HclTokenKind.RightBracket),
            ',' => ReadSign(HclTokenKind.Comma),
            '+' or '-' or '.' => ReadSign(HclTokenKind.Other),
            '\'' => throw new ConfigurationFaultException(position, "found a single quote; strings have double quotes"),
            0xFEFF => throw new ConfigurationFaultException(position, "found a byte order mark; save the file as UTF-8 without it"),
            _ => throw new ConfigurationFaultException(position, $"found {Quoted.Text(first.ToString())}; expected a key, a value or a sign"),
        };
    }

    public static bool IsLetter(Rune rune) =>
        char.IsAsciiLetter((char)rune.Value) && rune.IsAscii || rune.Value == '_' || (!rune.IsAscii && Rune.IsLetter(rune));

    public static bool IsDigit(Rune rune) => IsDecimal(rune) || (!rune.IsAscii && Rune.IsDigit(rune));

    private static bool IsDecimal(Rune rune) => rune.Value is >= '0' and <= '9';

    private HclToken ReadSign(HclTokenKind kind)
    {
        HclToken token = new(kind, _cursor.Current.ToString(), _cursor.Position);
        _cursor.Advance();
        return token;
    }

    private void SkipSpaceAndComments()
    {
        while (true)
        {
            _cursor.AdvanceWhile(rune => rune.Value is ' ' or '\t' or '\n' or '\r');
            if (_cursor.Is('#') || (_cursor.Is('/') && _cursor.Next == '/'))
            {
                _cursor.AdvanceWhile(rune => rune.Value != '\n');
            }
            else if (_cursor.Is('/') && _cursor.Next == '*')
            {
                SkipBlockComment();
            }
            else
            {
                return;
            }
        }
    }

    private void SkipBlockComment()
    {
        FilePosition start = _cursor.Position;
        _cursor.Advance();
        _cursor.Advance();
        while (!(_cursor.Is('*') && _cursor.Next == '/'))
        {
            if (_cursor.IsAtEnd)
            {
                throw new ConfigurationFaultException(start, "the comment has no end; expected '*/'");
            }

            _cursor.Advance();
        }

        _cursor.Advance();
        _cursor.Advance();
    }

    private HclToken ReadNumber(FilePosition position)
    {
        int start = _cursor.Offset;
        if (_cursor.Is('-'))
        {
            _cursor.Advance();
        }

        if (_cursor.Is('0') && _cursor.Next is 'x' or 'X')
        {
            _cursor.Advance();
            _cursor.Advance();
            int digits = _cursor.Offset;
            _cursor.AdvanceWhile(rune => rune.IsAscii && char.IsAsciiHexDigit((char)rune.Value));
            return _cursor.Offset > digits
                ? new HclToken(HclTokenKind.Number, _cursor.From(start), position)
                : throw new ConfigurationFaultException(position, "the hexadecimal number has no digits");
        }

        _cursor.AdvanceWhile(IsDecimal);
        string whole = _cursor.From(start);
        if (SkipFraction() | SkipExponent())
        {
            return new HclToken(HclTokenKind.Float, _cursor.From(start), position);
        }

        return whole.TrimStart('-') is ['0', ..] && whole.AsSpan().ContainsAny('8', '9')
            ? throw new ConfigurationFaultException(position, $"{Quoted.Text(whole)} begins with 0 and so is octal; 8 and 9 are not octal digits")
            : new HclToken(HclTokenKind.Number, whole, position);
    }

    private bool SkipFraction()
    {
        if (!_cursor.Is('.'))
        {
            return false;
        }

        _cursor.Advance();
        _cursor.AdvanceWhile(IsDecimal);
        return true;
    }

    private bool SkipExponent()
    {
        if (!_cursor.Is('e') && !_cursor.Is('E'))
        {
            return false;
        }

        _cursor.Advance();
        if (_cursor.Is('+') || _cursor.Is('-'))
        {
            _cursor.Advance();
        }

        _cursor.AdvanceWhile(IsDecimal);
        return true;
    }
}
