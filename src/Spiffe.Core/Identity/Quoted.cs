using System.Globalization;
using System.Text;

namespace Spiffe;

/// <summary>Foreign text made fit for a message: one line, of bounded length, without control characters.</summary>
internal static class Quoted
{
    private const int MaxLength = 120;

    public static string Text(ReadOnlySpan<char> text)
    {
        StringBuilder builder = new("'");
        foreach (char c in text[..Math.Min(text.Length, MaxLength)])
        {
            builder.Append(IsPlain(c) ? c.ToString() : Escape(c));
        }

        return builder.Append(text.Length > MaxLength ? "…'" : "'").ToString();
    }

    public static string Character(char c) => IsPlain(c) ? $"'{c}'" : Escape(c);

    private static bool IsPlain(char c) =>
        char.IsAscii(c) ? !char.IsControl(c) : char.IsLetterOrDigit(c) || char.IsPunctuation(c) || char.IsSymbol(c);

    private static string Escape(char c) => string.Create(CultureInfo.InvariantCulture, $"\\u{(int)c:x4}");
}
