using System.Buffers.Text;
using System.Security.Cryptography;
using System.Text;
using System.Text.Json;

namespace Spiffe.DevAgent;

/// <summary>The trust domain's key for JWT-SVIDs, in memory (JWT-SVID, sections 2 and 3).</summary>
internal sealed class JwtSigner
{
    private static readonly TimeSpan s_longestLife = TimeSpan.FromMinutes(5);

    private readonly ECDsa _key = ECDsa.Create(ECCurve.NamedCurves.nistP256);
    private readonly string _header;

    public JwtSigner()
    {
        Authority = JwtAuthority.FromKey(RandomNumberGenerator.GetHexString(32, lowercase: true), _key);
        _header = Encode(writer =>
        {
            writer.WriteString("alg", "ES256");
            writer.WriteString("kid", Authority.KeyId);
            writer.WriteString("typ", "JWT");
        });
    }

    /// <summary>The public key that receivers verify with.</summary>
    public JwtAuthority Authority { get; }

    /// <summary>A token for one identity; it lives as long as the entry says, and five minutes at most.</summary>
    public string Issue(Entry entry, IEnumerable<string> audience)
    {
        DateTimeOffset now = DateTimeOffset.UtcNow;
        TimeSpan life = entry.Ttl < s_longestLife ? entry.Ttl : s_longestLife;
        string claims = Encode(writer =>
        {
            writer.WriteString("sub", entry.SpiffeId.ToString());
            writer.WriteStartArray("aud");
            foreach (string receiver in audience)
            {
                writer.WriteStringValue(receiver);
            }

            writer.WriteEndArray();
            writer.WriteNumber("iat", now.ToUnixTimeSeconds());
            writer.WriteNumber("exp", (now + life).ToUnixTimeSeconds());
        });
        string input = $"{_header}.{claims}";
        byte[] signature = _key.SignData(
            Encoding.ASCII.GetBytes(input), HashAlgorithmName.SHA256, DSASignatureFormat.IeeeP1363FixedFieldConcatenation);
        return $"{input}.{Base64Url.EncodeToString(signature)}";
    }

    private static string Encode(Action<Utf8JsonWriter> writeMembers)
    {
        using MemoryStream stream = new();
        using (Utf8JsonWriter writer = new(stream))
        {
            writer.WriteStartObject();
            writeMembers(writer);
            writer.WriteEndObject();
        }

        return Base64Url.EncodeToString(stream.ToArray());
    }
}
