using System.Buffers.Text;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using System.Text;
using System.Text.Encodings.Web;
using System.Text.Json;

namespace Spiffe;

/// <summary>Writes bundles as JSON (Trust Domain and Bundle, section 4; X509-SVID, section 6; JWT-SVID, section 6).</summary>
internal static class BundleDocument
{
    /// <summary>The longest refresh hint in seconds; the standard knows no limit, a TimeSpan does.</summary>
    public const long MaxRefreshHint = long.MaxValue / TimeSpan.TicksPerSecond;

    // The document stands alone in its file: what HTML would want escaped ('+' in base64) stays readable.
    private static readonly JsonWriterOptions s_options = new()
    {
        Indented = true,
        NewLine = "\n",
        Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping,
    };

    public static string WriteSpiffe(SpiffeBundle bundle) => Write(writer =>
    {
        WriteAuthorities(writer, bundle);
        if (bundle.RefreshHint is { } refreshHint)
        {
            writer.WriteNumber("spiffe_refresh_hint", Math.Min((long)Math.Ceiling(refreshHint.TotalSeconds), MaxRefreshHint));
        }
    });

    /// <summary>All bundles in one document, without refresh hints, which would speak for the others too (section 5.1.1).</summary>
    public static string WriteMap(IEnumerable<SpiffeBundle> bundles) => Write(writer =>
    {
        writer.WriteStartObject("trust_domains");
        foreach (SpiffeBundle bundle in bundles.OrderBy(bundle => bundle.TrustDomain))
        {
            writer.WriteStartObject(bundle.TrustDomain.Name);
            WriteAuthorities(writer, bundle);
            writer.WriteEndObject();
        }

        writer.WriteEndObject();
    });

    public static string WriteJwks(SpiffeBundle bundle) => Write(writer =>
    {
        writer.WriteStartArray("keys");
        foreach (JwtAuthority authority in bundle.JwtAuthorities)
        {
            WriteJwtAuthority(writer, authority, use: null);
        }

        writer.WriteEndArray();
    });

    private static string Write(Action<Utf8JsonWriter> writeMembers)
    {
        using MemoryStream stream = new();
        using (Utf8JsonWriter writer = new(stream, s_options))
        {
            writer.WriteStartObject();
            writeMembers(writer);
            writer.WriteEndObject();
        }

        return Encoding.UTF8.GetString(stream.GetBuffer(), 0, (int)stream.Length) + "\n";
    }

    private static void WriteAuthorities(Utf8JsonWriter writer, SpiffeBundle bundle)
    {
        writer.WriteStartArray("keys");
        foreach (X509Certificate2 authority in bundle.X509Authorities)
        {
            WriteX509Authority(writer, authority);
        }

        foreach (JwtAuthority authority in bundle.JwtAuthorities)
        {
            WriteJwtAuthority(writer, authority, use: "jwt-svid");
        }

        writer.WriteEndArray();
        if (bundle.SequenceNumber is { } sequenceNumber)
        {
            writer.WriteNumber("spiffe_sequence", sequenceNumber);
        }
    }

    private static void WriteX509Authority(Utf8JsonWriter writer, X509Certificate2 authority)
    {
        writer.WriteStartObject();
        writer.WriteString("use", "x509-svid");
        WriteKey(writer, PublicKeyOf(authority));
        writer.WriteStartArray("x5c");
        writer.WriteBase64StringValue(authority.RawDataMemory.Span);
        writer.WriteEndArray();
        writer.WriteEndObject();
    }

    private static void WriteJwtAuthority(Utf8JsonWriter writer, JwtAuthority authority, string? use)
    {
        writer.WriteStartObject();
        if (use is not null)
        {
            writer.WriteString("use", use);
        }

        writer.WriteString("kid", authority.KeyId);
        if (authority.Algorithm is not null)
        {
            writer.WriteString("alg", authority.Algorithm);
        }

        WriteKey(writer, authority);
        writer.WriteEndObject();
    }

    private static void WriteKey(Utf8JsonWriter writer, JwtAuthority key)
    {
        writer.WriteString("kty", key.KeyType);
        if (key.Curve is not null)
        {
            writer.WriteString("crv", key.Curve);
        }

        writer.WriteString(key.Curve is null ? "n" : "x", Base64Url.EncodeToString(key.First));
        writer.WriteString(key.Curve is null ? "e" : "y", Base64Url.EncodeToString(key.Second));
    }

    private static JwtAuthority PublicKeyOf(X509Certificate2 authority)
    {
        try
        {
            using ECDsa? ecdsa = authority.GetECDsaPublicKey();
            using RSA? rsa = ecdsa is null ? authority.GetRSAPublicKey() : null;
            return ecdsa is not null ? JwtAuthority.FromKey(authority.Thumbprint, ecdsa)
                : rsa is not null ? JwtAuthority.FromKey(authority.Thumbprint, rsa)
                : throw NotWritable(authority, $"of algorithm {authority.PublicKey.Oid.Value}", inner: null);
        }
        catch (CryptographicException exception)
        {
            throw NotWritable(authority, "that cannot be read", exception);
        }
    }

    private static SpiffeException NotWritable(X509Certificate2 authority, string key, Exception? inner) => new(
        SpiffeErrorReason.BundleInvalid,
        $"The authority {authority.Thumbprint} has a key {key}; a SPIFFE bundle document can be written for RSA and ECDSA. " +
        "The PEM and DER formats take any key.",
        inner);
}
