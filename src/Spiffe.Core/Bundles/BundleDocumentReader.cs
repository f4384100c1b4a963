using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using System.Text.Json;

namespace Spiffe;

/// <summary>Reads SPIFFE bundle documents (Trust Domain and Bundle, section 4; X509-SVID, section 6; JWT-SVID, section 6).</summary>
internal static class BundleDocumentReader
{
    private const string X509Use = "x509-svid";
    private const string JwtUse = "jwt-svid";

    /// <summary>Elements of an unknown type or use are passed over; a broken authority refuses the whole document.</summary>
    /// <exception cref="SpiffeException"><see cref="SpiffeErrorReason.BundleInvalid"/></exception>
    public static SpiffeBundle Parse(TrustDomain trustDomain, ReadOnlyMemory<byte> utf8Json) =>
        Read(utf8Json, $"The bundle document of '{trustDomain}'", root => ReadBundle(trustDomain, root));

    /// <summary>Reads bundles out of a JSON document, and says of whatever is wrong with it that it is the document's fault.</summary>
    /// <exception cref="SpiffeException"><see cref="SpiffeErrorReason.BundleInvalid"/></exception>
    public static T Read<T>(ReadOnlyMemory<byte> utf8Json, string what, Func<JsonElement, T> read)
    {
        if (utf8Json.Length > JsonWebKeySet.MaxLength)
        {
            throw Invalid(what, $"it has {utf8Json.Length} bytes; at most {JsonWebKeySet.MaxLength} are accepted", inner: null);
        }

        try
        {
            using JsonDocument document = StrictJson.Parse(utf8Json);
            return read(document.RootElement);
        }
        catch (JsonException exception)
        {
            throw Invalid(what, JsonWebKeySet.DescribeFault(exception), exception);
        }
        catch (FormatException exception)
        {
            throw Invalid(what, exception.Message, exception);
        }
    }

    /// <summary>One bundle out of its JSON object.</summary>
    /// <exception cref="FormatException">It is none.</exception>
    public static SpiffeBundle ReadBundle(TrustDomain trustDomain, JsonElement root)
    {
        if (root.ValueKind != JsonValueKind.Object ||
            !root.TryGetProperty("keys", out JsonElement keys) ||
            keys.ValueKind != JsonValueKind.Array)
        {
            throw new FormatException("it has no array 'keys'");
        }

        List<X509Certificate2> x509 = [];
        List<JwtAuthority> jwt = [];
        int index = 0;
        foreach (JsonElement key in keys.EnumerateArray())
        {
            switch (FindUse(key))
            {
                case X509Use when ReadCertificate(key, index) is { } certificate:
                    x509.Add(certificate);
                    break;
                case JwtUse when ReadKey(key, index) is { } authority:
                    jwt.Add(authority);
                    break;
            }

            index++;
        }

        return jwt.GroupBy(authority => authority.KeyId, StringComparer.Ordinal).FirstOrDefault(group => group.Count() > 1) is { } twins
            ? throw new FormatException($"two keys have the kid {Quoted.Text(twins.Key)}")
            : new SpiffeBundle(trustDomain, x509, jwt, ReadSequenceNumber(root), ReadRefreshHint(root));
    }

    private static JwtAuthority? ReadKey(JsonElement key, int index)
    {
        try
        {
            return JsonWebKeySet.ReadKey(key, index);
        }
        catch (CryptographicException exception)
        {
            throw new FormatException($"key {index} is not a valid public key", exception);
        }
    }

    /// <summary>What an element is for; null where its type is not known, or its use is absent (section 4.2).</summary>
    private static string? FindUse(JsonElement key) =>
        key.ValueKind == JsonValueKind.Object && StrictJson.GetString(key, "kty") is ("EC" or "RSA" or "OKP")
            ? StrictJson.GetString(key, "use")
            : null;

    /// <summary>The first certificate; an element without any is passed over (X509-SVID, section 6.2).</summary>
    private static X509Certificate2? ReadCertificate(JsonElement key, int index)
    {
        if (!key.TryGetProperty("x5c", out JsonElement chain) ||
            chain.ValueKind != JsonValueKind.Array ||
            chain.GetArrayLength() == 0)
        {
            return null;
        }

        if (chain[0].ValueKind != JsonValueKind.String || !chain[0].TryGetBytesFromBase64(out byte[]? der))
        {
            throw new FormatException($"key {index} has an x5c whose first value is not base64");
        }

        List<X509Certificate2> certificates =
            CertificateList.ParseDer(der, SpiffeErrorReason.BundleInvalid, $"The x5c of key {index}");
        return certificates.Count == 1
            ? certificates[0]
            : throw new FormatException($"key {index} has {certificates.Count} certificates in one x5c value; expected one");
    }

    private static ulong? ReadSequenceNumber(JsonElement root)
    {
        if (!root.TryGetProperty("spiffe_sequence", out JsonElement value))
        {
            return null;
        }

        return value.ValueKind == JsonValueKind.Number && value.TryGetUInt64(out ulong number)
            ? number
            : throw new FormatException("its spiffe_sequence is not an integer from 0 to 2^64 - 1");
    }

    private static TimeSpan? ReadRefreshHint(JsonElement root)
    {
        if (!root.TryGetProperty("spiffe_refresh_hint", out JsonElement value))
        {
            return null;
        }

        return value.ValueKind == JsonValueKind.Number && value.TryGetInt64(out long seconds) &&
            seconds is >= 0 and <= BundleDocument.MaxRefreshHint
            ? TimeSpan.FromSeconds(seconds)
            : throw new FormatException($"its spiffe_refresh_hint is not a number of seconds from 0 to {BundleDocument.MaxRefreshHint}");
    }

    private static SpiffeException Invalid(string what, string fault, Exception? inner) =>
        new(SpiffeErrorReason.BundleInvalid, $"{what} cannot be read: {fault}.", inner);
}
