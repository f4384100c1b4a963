using System.Security.Cryptography;
using System.Text.Json;

namespace Spiffe;

/// <summary>Reads the JWT authorities of a JWK Set (RFC 7517; Workload API, section 6.2.2).</summary>
internal static class JsonWebKeySet
{
    /// <summary>The longest document that is looked at, in bytes.</summary>
    public const int MaxLength = 4 * 1024 * 1024;

    // What StrictJson reads.
    private const int MaxDepth = 32;

    /// <summary>What is wrong with a document that <see cref="StrictJson"/> does not read, for messages.</summary>
    public static string DescribeFault(JsonException exception) =>
        $"it is not valid JSON with unique names, nested at most {MaxDepth} deep (line {exception.LineNumber + 1 ?? 1})";

    /// <summary>Keys of other types and for other uses are passed over; a broken key refuses the whole set.</summary>
    /// <exception cref="SpiffeException"><paramref name="reason"/></exception>
    public static List<JwtAuthority> Parse(ReadOnlyMemory<byte> utf8Json, SpiffeErrorReason reason, string what)
    {
        if (utf8Json.Length > MaxLength)
        {
            throw new SpiffeException(reason, $"{what} has {utf8Json.Length} bytes; at most {MaxLength} are accepted.");
        }

        try
        {
            using JsonDocument document = StrictJson.Parse(utf8Json);
            if (document.RootElement.ValueKind != JsonValueKind.Object ||
                !document.RootElement.TryGetProperty("keys", out JsonElement keys) ||
                keys.ValueKind != JsonValueKind.Array)
            {
                throw new FormatException("it has no array 'keys'");
            }

            List<JwtAuthority> authorities = [];
            HashSet<string> keyIds = new(StringComparer.Ordinal);
            foreach (JsonElement key in keys.EnumerateArray())
            {
                if (ReadKey(key, authorities.Count) is not { } authority)
                {
                    continue;
                }

                if (!keyIds.Add(authority.KeyId))
                {
                    throw new FormatException($"two keys have the kid {Quoted.Text(authority.KeyId)}");
                }

                authorities.Add(authority);
            }

            return authorities;
        }
        catch (Exception exception) when (exception is JsonException or FormatException or CryptographicException)
        {
            string fault = exception switch
            {
                JsonException json => DescribeFault(json),
                CryptographicException => "a key is not valid",
                _ => exception.Message,
            };
            throw new SpiffeException(reason, $"{what} is not a JWK Set: {fault}.", exception);
        }
    }

    /// <summary>One key; null where it is of another type or for another use.</summary>
    public static JwtAuthority? ReadKey(JsonElement key, int index)
    {
        string? type = StrictJson.GetString(key, "kty");
        if (type is not ("EC" or "RSA") || StrictJson.GetString(key, "use") is not (null or "jwt-svid" or "sig"))
        {
            return null;
        }

        string keyId = StrictJson.GetString(key, "kid") is { Length: > 0 } kid
            ? kid
            : throw new FormatException($"key {index} has no kid");
        string? algorithm = StrictJson.GetString(key, "alg");
        JwtAuthority? authority = type == "RSA"
            ? JwtAuthority.FromModulus(keyId, algorithm, GetBytes(key, "n", keyId), GetBytes(key, "e", keyId))
            : ReadPoint(key, keyId, algorithm);

        // Building the key finds a point that is not on its curve, and an unusable modulus.
        authority?.CreateEcdsa()?.Dispose();
        authority?.CreateRsa()?.Dispose();
        return authority;
    }

    private static JwtAuthority? ReadPoint(JsonElement key, string keyId, string? algorithm)
    {
        string? curve = StrictJson.GetString(key, "crv");
        return curve is "P-256" or "P-384" or "P-521"
            ? JwtAuthority.FromPoint(keyId, curve, algorithm, GetBytes(key, "x", keyId), GetBytes(key, "y", keyId))
            : null;
    }

    private static byte[] GetBytes(JsonElement key, string member, string keyId) =>
        StrictJson.GetString(key, member) is { } text && StrictJson.TryDecodeBase64Url(text, out byte[]? bytes) && bytes.Length > 0
            ? bytes
            : throw new FormatException($"the key {Quoted.Text(keyId)} has no valid member '{member}'");
}
