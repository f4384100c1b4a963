using System.Text;
using System.Text.Json;

namespace Spiffe;

/// <summary>Reads bundle files of every format.</summary>
internal static class BundleFile
{
    private static readonly JsonDocumentOptions s_lenient = new() { MaxDepth = 32 };

    /// <summary>The format that a content has by the look of it; null where it looks like none.</summary>
    public static BundleFormat? FindFormat(ReadOnlyMemory<byte> content)
    {
        ReadOnlySpan<byte> text = WithoutMark(content).Span.TrimStart(" \t\r\n"u8);
        return CertificateList.IsDer(content.Span) ? BundleFormat.Der
            : text.StartsWith("{"u8) ? FindJsonFormat(WithoutMark(content))
            : text.IndexOf("-----BEGIN "u8) >= 0 ? BundleFormat.Pem
            : null;
    }

    /// <summary>The bundle of one trust domain in a file of any format; null where a bundle map has others only.</summary>
    /// <exception cref="SpiffeException">
    /// <see cref="SpiffeErrorReason.FileNotFound"/>, <see cref="SpiffeErrorReason.ReadFailed"/> or
    /// <see cref="SpiffeErrorReason.BundleInvalid"/>.
    /// </exception>
    public static SpiffeBundle? Read(string path, TrustDomain trustDomain)
    {
        byte[] content = BoundedFile.Read(path);
        BundleFormat format = FindFormat(content) ?? throw new SpiffeException(
            SpiffeErrorReason.BundleInvalid, $"The file '{path}' is not a bundle: it is neither PEM nor DER nor JSON.");
        return Parse(content, format, trustDomain).FirstOrDefault(bundle => bundle.TrustDomain == trustDomain);
    }

    /// <summary>The bundles in a content; those of a bundle map by their own names, every other by the name that is given.</summary>
    /// <param name="content">All of the file.</param>
    /// <param name="format">What it is.</param>
    /// <param name="trustDomain">Whose bundle it is; null only for a bundle map.</param>
    /// <exception cref="SpiffeException"><see cref="SpiffeErrorReason.BundleInvalid"/></exception>
    public static IReadOnlyList<SpiffeBundle> Parse(ReadOnlyMemory<byte> content, BundleFormat format, TrustDomain? trustDomain)
    {
        BundleFileFormat file = BundleFileFormat.Of(format);
        if (!file.NamesTrustDomains)
        {
            ArgumentNullException.ThrowIfNull(trustDomain);
        }

        return file.Read(WithoutMark(content), trustDomain);
    }

    /// <summary>
    /// A map has its member; a SPIFFE bundle has a member or a use of its own, or no keys at all; what is left is a JWK Set.
    /// Only a look: what is wrong with a document is said when it is parsed.
    /// </summary>
    private static BundleFormat FindJsonFormat(ReadOnlyMemory<byte> json)
    {
        try
        {
            using JsonDocument document = JsonDocument.Parse(json, s_lenient);
            JsonElement root = document.RootElement;
            if (root.TryGetProperty(BundleMapReader.TrustDomains, out _))
            {
                return BundleFormat.BundleMap;
            }

            return root.TryGetProperty("keys", out JsonElement keys) && keys.ValueKind == JsonValueKind.Array &&
                keys.GetArrayLength() > 0 && !IsOfSpiffe(root) && !keys.EnumerateArray().Any(HasUseOfSpiffe)
                ? BundleFormat.Jwks
                : BundleFormat.Spiffe;
        }
        catch (Exception exception) when (exception is JsonException or InvalidOperationException)
        {
            return BundleFormat.Spiffe;
        }
    }

    private static bool IsOfSpiffe(JsonElement root) =>
        root.TryGetProperty("spiffe_sequence", out _) || root.TryGetProperty("spiffe_refresh_hint", out _);

    private static bool HasUseOfSpiffe(JsonElement key) =>
        key.ValueKind == JsonValueKind.Object && key.TryGetProperty("use", out JsonElement use) &&
        use.ValueKind == JsonValueKind.String && use.GetString()!.EndsWith("-svid", StringComparison.Ordinal);

    /// <summary>Some programs begin a UTF-8 file with a mark, which JSON does not know.</summary>
    private static ReadOnlyMemory<byte> WithoutMark(ReadOnlyMemory<byte> content) =>
        content.Span.StartsWith(Encoding.UTF8.Preamble) ? content[Encoding.UTF8.Preamble.Length..] : content;
}
