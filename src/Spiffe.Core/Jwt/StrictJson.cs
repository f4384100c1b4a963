using System.Buffers;
using System.Buffers.Text;
using System.Diagnostics.CodeAnalysis;
using System.Text.Json;
using System.Text.Unicode;

namespace Spiffe;

/// <summary>JSON and base64url as JOSE wants them: no duplicate names, no padding, no white space (RFC 7515, section 2).</summary>
internal static class StrictJson
{
    private static readonly JsonDocumentOptions s_options = new() { AllowDuplicateProperties = false, MaxDepth = 32 };

    private static readonly SearchValues<char> s_base64Url =
        SearchValues.Create("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_");

    /// <exception cref="JsonException">It is not one JSON value, or a name occurs twice.</exception>
    /// <exception cref="FormatException">It is not UTF-8, or a name is not text.</exception>
    public static JsonDocument Parse(ReadOnlyMemory<byte> utf8Json)
    {
        // JsonDocument looks at the bytes of a string only when it is read.
        if (!Utf8.IsValid(utf8Json.Span))
        {
            throw new FormatException("it is not UTF-8");
        }

        try
        {
            return JsonDocument.Parse(utf8Json, s_options);
        }
        catch (InvalidOperationException exception)
        {
            throw new FormatException("a name is not valid Unicode", exception);
        }
    }

    /// <summary>One object as PowerShell users want it.</summary>
    /// <exception cref="JsonException">It is not one JSON value, or a name occurs twice.</exception>
    /// <exception cref="FormatException">It is not UTF-8, no object, or a string in it is not text.</exception>
    public static IReadOnlyDictionary<string, object?> ParseDictionary(ReadOnlyMemory<byte> utf8Json)
    {
        using JsonDocument document = Parse(utf8Json);
        return document.RootElement.ValueKind == JsonValueKind.Object
            ? ToDictionary(document.RootElement)
            : throw new FormatException("the value is not an object");
    }

    /// <summary>Looks into every name and string, so that what was accepted can be read later.</summary>
    /// <exception cref="FormatException">One is not text.</exception>
    public static void RequireText(JsonElement element)
    {
        switch (element.ValueKind)
        {
            case JsonValueKind.String:
                ReadString(element);
                break;
            case JsonValueKind.Array:
                foreach (JsonElement item in element.EnumerateArray())
                {
                    RequireText(item);
                }

                break;
            case JsonValueKind.Object:
                foreach (JsonProperty member in element.EnumerateObject())
                {
                    ReadName(member);
                    RequireText(member.Value);
                }

                break;
        }
    }

    /// <summary>The text of a string. JSON can escape half a surrogate pair.</summary>
    /// <exception cref="FormatException">It is not a string, or not text.</exception>
    public static string ReadString(JsonElement element)
    {
        try
        {
            return element.ValueKind == JsonValueKind.String
                ? element.GetString()!
                : throw new FormatException("a value is not a string");
        }
        catch (InvalidOperationException exception)
        {
            throw new FormatException("a string is not valid Unicode", exception);
        }
    }

    /// <summary>The name of a member.</summary>
    /// <exception cref="FormatException">It is not text.</exception>
    public static string ReadName(JsonProperty member)
    {
        try
        {
            return member.Name;
        }
        catch (InvalidOperationException exception)
        {
            throw new FormatException("a name is not valid Unicode", exception);
        }
    }

    /// <summary>The string member; null if it is absent or the element is not an object.</summary>
    /// <exception cref="FormatException">The member is there and is not a string, or not text.</exception>
    public static string? GetString(JsonElement element, string member)
    {
        if (element.ValueKind != JsonValueKind.Object || !element.TryGetProperty(member, out JsonElement value))
        {
            return null;
        }

        return value.ValueKind == JsonValueKind.String
            ? ReadString(value)
            : throw new FormatException($"the member '{member}' is not a string");
    }

    public static bool TryDecodeBase64Url(ReadOnlySpan<char> text, [NotNullWhen(true)] out byte[]? bytes)
    {
        bytes = null;
        if (text.IndexOfAnyExcept(s_base64Url) >= 0 || text.Length % 4 == 1)
        {
            return false;
        }

        bytes = new byte[Base64Url.GetMaxDecodedLength(text.Length)];
        OperationStatus status = Base64Url.DecodeFromChars(text, bytes, out _, out int written);
        bytes = status == OperationStatus.Done ? bytes[..written] : null;
        return bytes is not null;
    }

    /// <summary>A JSON value as PowerShell users want it: text, numbers, booleans, arrays and read-only dictionaries.</summary>
    public static object? ToValue(JsonElement element) => element.ValueKind switch
    {
        JsonValueKind.Object => ToDictionary(element),
        JsonValueKind.Array => element.EnumerateArray().Select(ToValue).ToArray(),
        JsonValueKind.String => ReadString(element),
        JsonValueKind.Number when element.TryGetInt64(out long integer) => integer,
        JsonValueKind.Number => element.GetDouble(),
        JsonValueKind.True => true,
        JsonValueKind.False => false,
        _ => null,
    };

    public static IReadOnlyDictionary<string, object?> ToDictionary(JsonElement element) =>
        element.EnumerateObject()
            .ToDictionary(ReadName, member => ToValue(member.Value), StringComparer.Ordinal)
            .AsReadOnly();
}
