using System.Buffers.Text;
using System.Text.Encodings.Web;
using System.Text.Json;

namespace Spiffe.Helper;

/// <summary>Writes JWT bundles as SPIFFE Helper does, in one compact line.</summary>
internal static class JwtBundleJson
{
    // Base64 has '+' in it, which HTML would want escaped.
    private static readonly JsonWriterOptions s_options = new() { Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping };

    public static byte[] Write(IEnumerable<SpiffeBundle> bundles) => Write(writer =>
    {
        foreach (SpiffeBundle bundle in bundles.OrderBy(bundle => bundle.TrustDomain))
        {
            writer.WriteBase64String(bundle.TrustDomain.Name, Write(keys => WriteKeys(keys, bundle)));
        }
    });

    private static byte[] Write(Action<Utf8JsonWriter> writeMembers)
    {
        using MemoryStream stream = new();
        using (Utf8JsonWriter writer = new(stream, s_options))
        {
            writer.WriteStartObject();
            writeMembers(writer);
            writer.WriteEndObject();
        }

        return stream.ToArray();
    }

    private static void WriteKeys(Utf8JsonWriter writer, SpiffeBundle bundle)
    {
        writer.WriteStartArray("keys");
        foreach (JwtAuthority authority in bundle.JwtAuthorities)
        {
            writer.WriteStartObject();
            writer.WriteString("kty", authority.KeyType);
            writer.WriteString("kid", authority.KeyId);
            if (authority.Curve is not null)
            {
                writer.WriteString("crv", authority.Curve);
            }

            writer.WriteString(authority.Curve is null ? "n" : "x", Base64Url.EncodeToString(authority.First));
            writer.WriteString(authority.Curve is null ? "e" : "y", Base64Url.EncodeToString(authority.Second));
            writer.WriteEndObject();
        }

        writer.WriteEndArray();
    }
}
