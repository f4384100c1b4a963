using System.Text;

namespace Spiffe.WorkloadApi;

/// <summary>Takes a token, and every part of it that could be used, out of what an agent says of it.</summary>
internal static class TokenRedaction
{
    private const string Replacement = "the token";

    // Fewer characters than these reveal nothing, and may occur in the message by chance.
    private const int ShortestPart = 12;

    public static string Remove(string words, string token)
    {
        HashSet<string> parts = new(StringComparer.Ordinal);
        for (int i = 0; i + ShortestPart <= token.Length; i++)
        {
            parts.Add(token.Substring(i, ShortestPart));
        }

        StringBuilder clean = new(words.Length);
        int position = 0;
        while (position < words.Length)
        {
            int end = FindEnd(words, position, parts);
            if (end > position)
            {
                clean.Append(Replacement);
                position = end;
            }
            else
            {
                clean.Append(words[position++]);
            }
        }

        return clean.ToString();
    }

    /// <summary>Where the run of the token's parts ends that begins at a position; the position itself where none does.</summary>
    private static int FindEnd(string words, int position, HashSet<string> parts)
    {
        int end = position;
        for (int i = position; i + ShortestPart <= words.Length && parts.Contains(words.Substring(i, ShortestPart)); i++)
        {
            end = i + ShortestPart;
        }

        return end;
    }
}
