using System.Text.Json;

namespace Spiffe.DevAgent;

/// <summary>What is wrong with a JSON text, and where, in words for who wrote it.</summary>
internal static class JsonFault
{
    /// <summary>The place as an editor counts it, the member, and the fault.</summary>
    public static string Describe(JsonException exception)
    {
        string fault = Before(Before(exception.Message, " Path: "), " LineNumber: ");
        string known = Before(fault, " could not be mapped to");
        fault = known == fault ? fault : $"{known} is not known.";
        string member = exception.Path is null or "$" ? string.Empty : $" ({exception.Path})";
        return exception.LineNumber is { } line
            ? $"Line {line + 1}, column {exception.BytePositionInLine + 1}{member}: {fault}"
            : fault + member;
    }

    /// <summary>The serializer repeats the place behind its words.</summary>
    private static string Before(string text, string mark) =>
        text.IndexOf(mark, StringComparison.Ordinal) is >= 0 and var end ? text[..end] : text;
}
