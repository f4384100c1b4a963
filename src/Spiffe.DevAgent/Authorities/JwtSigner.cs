using System.Buffers.Text;
using System.Security.Cryptography;
using System.Text;
using System.Text.Json;

namespace Spiffe.DevAgent;

/// <summary>A key of the trust domain for JWT-SVIDs (JWT-SVID, sections 2 and 3).</summary>
internal sealed class JwtSigner : IAuthority
{
    /// <summary>No token lives longer.</summary>
    public static readonly TimeSpan LongestLife = TimeSpan.FromMinutes(5);

    private readonly ECDsa _key;
    private readonly string _header;
    private readonly Lock _lock = new();
    private DateTimeOffset _neededUntil;

    private JwtSigner(string keyId, ECDsa key, DateTimeOffset createdAt, DateTimeOffset expiresAt, DateTimeOffset neededUntil)
    {
        _key = key;
        Authority = JwtAuthority.FromKey(keyId, key);
        CreatedAt = createdAt;
        ExpiresAt = expiresAt;
        _neededUntil = neededUntil;
        _header = Encode(writer =>
        {
            writer.WriteString("alg", "ES256");
            writer.WriteString("kid", keyId);
            writer.WriteString("typ", "JWT");
        });
    }

    /// <summary>The public key that receivers verify with.</summary>
    public JwtAuthority Authority { get; }

    public DateTimeOffset CreatedAt { get; }

    public DateTimeOffset ExpiresAt { get; }

    public DateTimeOffset NeededUntil
    {
        get
        {
            lock (_lock)
            {
                return _neededUntil;
            }
        }
    }

    public static JwtSigner Create(DateTimeOffset now, TimeSpan lifetime) => new(
        RandomNumberGenerator.GetHexString(32, lowercase: true),
        ECDsa.Create(ECCurve.NamedCurves.nistP256),
        now,
        now + lifetime,
        now);

    /// <summary>Takes up an authority that was kept.</summary>
    /// <exception cref="CryptographicException">The key cannot be read.</exception>
    public static JwtSigner Load(
        string keyId, byte[] pkcs8Key, DateTimeOffset createdAt, DateTimeOffset expiresAt, DateTimeOffset neededUntil)
    {
        ECDsa key = ECDsa.Create();
        key.ImportPkcs8PrivateKey(pkcs8Key, out _);
        return new JwtSigner(keyId, key, createdAt, expiresAt, neededUntil);
    }

    public byte[] ExportPkcs8Key() => _key.ExportPkcs8PrivateKey();

    /// <summary>A token for one identity; it lives as long as the entry says, and five minutes at most.</summary>
    public string Issue(Entry entry, IEnumerable<string> audience)
    {
        DateTimeOffset now = DateTimeOffset.UtcNow;
        DateTimeOffset end = now + (entry.Ttl < LongestLife ? entry.Ttl : LongestLife);
        end = end < ExpiresAt ? end : ExpiresAt;
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
            writer.WriteNumber("exp", end.ToUnixTimeSeconds());
        });
        string input = $"{_header}.{claims}";
        lock (_lock)
        {
            _neededUntil = end > _neededUntil ? end : _neededUntil;
            byte[] signature = _key.SignData(
                Encoding.ASCII.GetBytes(input), HashAlgorithmName.SHA256, DSASignatureFormat.IeeeP1363FixedFieldConcatenation);
            return $"{input}.{Base64Url.EncodeToString(signature)}";
        }
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
