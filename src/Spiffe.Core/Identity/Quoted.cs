using System.Globalization;
using System.Text;
using System.Text.Encodings.Web;
using System.Text.Json;
using System.Text.Json.Serialization;

namespace Spiffe;

/// <summary>Foreign text made fit for a message: one line without control characters, in quotes of bounded length.</summary>
internal static class Quoted
{
    private const int MaxLength = 120;

    // What it leaves to be escaped, Line escapes; other languages than English stay as they are.
    private static readonly JsonSerializerOptions s_json = new()
    {
        Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping,
        NumberHandling = JsonNumberHandling.AllowNamedFloatingPointLiterals,
    };

    public static string Text(ReadOnlySpan<char> text) =>
        $"'{Line(text[..Math.Min(text.Length, MaxLength)])}{(text.Length > MaxLength ? "…" : "")}'";

    /// <summary>All of the text on one line and without control characters, for use on its own.</summary>
    public static string Line(ReadOnlySpan<char> text) => Escape(text, IsPlain);

    /// <summary>The text with its lines as they are, and without what a terminal would obey or hide.</summary>
    public static string Lines(string text) => Escape(
        text.ReplaceLineEndings("\n"),
        c => c is '\n' or '\t' || !(char.IsControl(c) || char.GetUnicodeCategory(c) == UnicodeCategory.Format));

    /// <summary>Members as JSON on one line, without control characters.</summary>
    public static string Json(IReadOnlyDictionary<string, object?> members) => Line(JsonSerializer.Serialize(members, s_json));

    /// <summary>Breaks lines between words, as a table's cell does not. A word that is longer than a line stays whole.</summary>
    public static string Wrap(string text, int width)
    {
        StringBuilder builder = new(text.Length);
        int column = 0;
        foreach (string word in text.Split(' '))
        {
            bool isFirst = builder.Length == 0;
            bool fits = column + 1 + word.Length <= width;
            builder.Append(isFirst ? "" : fits ? " " : "\n").Append(word);
            column = fits && !isFirst ? column + 1 + word.Length : word.Length;
        }

        return builder.ToString();
    }

    public static string Character(char c) => IsPlain(c) ? $"'{c}'" : Escape(c);

    private static bool IsPlain(char c) =>
        char.IsAscii(c) ? !char.IsControl(c) : char.IsLetterOrDigit(c) || char.IsPunctuation(c) || char.IsSymbol(c);

    private static string Escape(ReadOnlySpan<char> text, Func<char, bool> isShown)
    {
        StringBuilder builder = new(text.Length);
        foreach (char c in text)
        {
            builder.Append(isShown(c) ? c.ToString() : Escape(c));
        }

        return builder.ToString();
    }

    private static string Escape(char c) => string.Create(CultureInfo.InvariantCulture, $"\\u{(int)c:x4}");
}
