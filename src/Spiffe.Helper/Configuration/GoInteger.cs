namespace Spiffe.Helper;

/// <summary>Reads whole numbers as Go's <c>strconv.ParseInt</c> does with base 0.</summary>
internal static class GoInteger
{
    /// <summary>Whether the number is written in decimal: neither 0 first nor 0x, 0o, 0b.</summary>
    public static bool IsDecimal(string text) => text.TrimStart('+', '-') is [>= '1' and <= '9', ..];

    public static bool TryParse(string text, out long value)
    {
        value = 0;
        bool isNegative = text is ['-', ..];
        string digits = text is ['-' or '+', ..] ? text[1..] : text;
        (int numberBase, int prefix) = digits switch
        {
            ['0', 'x' or 'X', _, ..] => (16, 2),
            ['0', 'o' or 'O', _, ..] => (8, 2),
            ['0', 'b' or 'B', _, ..] => (2, 2),
            ['0', _, ..] => (8, 1),
            _ => (10, 0),
        };

        // An underscore is between two digits, or between the prefix and a digit.
        string rest = digits[prefix..];
        if (rest.Length == 0 || rest[^1] == '_' || (prefix == 0 && rest[0] == '_') || rest.Contains("__", StringComparison.Ordinal))
        {
            return false;
        }

        Int128 sum = 0;
        foreach (char digit in rest.Where(character => character != '_'))
        {
            int number = char.IsAsciiHexDigit(digit) ? Convert.ToInt32($"{digit}", fromBase: 16) : numberBase;
            if (number >= numberBase || sum > long.MaxValue)
            {
                return false;
            }

            sum = (sum * numberBase) + number;
        }

        sum = isNegative ? -sum : sum;
        if (sum < long.MinValue || sum > long.MaxValue)
        {
            return false;
        }

        value = (long)sum;
        return true;
    }
}
