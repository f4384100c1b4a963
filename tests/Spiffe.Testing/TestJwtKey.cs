using System.Buffers.Text;
using System.Security.Cryptography;
using System.Text;
using System.Text.Json;

namespace Spiffe.Testing;

/// <summary>A key that signs whatever header and claims it is given.</summary>
public sealed class TestJwtKey
{
    private readonly ECDsa _key = ECDsa.Create(ECCurve.NamedCurves.nistP256);

    public string KeyId { get; } = "test-key";

    /// <summary>The JWK Set that the Workload API would send.</summary>
    public string Jwks
    {
        get
        {
            ECPoint point = _key.ExportParameters(includePrivateParameters: false).Q;
            return $$"""
                {"keys":[{"kty":"EC","kid":"{{KeyId}}","crv":"P-256","x":"{{Base64Url.EncodeToString(point.X)}}","y":"{{Base64Url.EncodeToString(point.Y)}}"}]}
                """;
        }
    }

    public static Dictionary<string, object> Claims(string subject, params string[] audience) => new()
    {
        ["sub"] = subject,
        ["aud"] = audience,
        ["iat"] = DateTimeOffset.UtcNow.ToUnixTimeSeconds(),
        ["exp"] = DateTimeOffset.UtcNow.AddMinutes(5).ToUnixTimeSeconds(),
    };

    public string Issue(string subject, params string[] audience) => Sign(
        $$"""{"alg":"ES256","kid":"{{KeyId}}","typ":"JWT"}""", JsonSerializer.Serialize(Claims(subject, audience)));

    public string Sign(string header, string claims) => Sign(Encoding.UTF8.GetBytes(header), Encoding.UTF8.GetBytes(claims));

    /// <summary>Signs what may not be JSON at all.</summary>
    public string Sign(byte[] header, byte[] claims)
    {
        string input = $"{Base64Url.EncodeToString(header)}.{Base64Url.EncodeToString(claims)}";
        byte[] signature = _key.SignData(
            Encoding.ASCII.GetBytes(input), HashAlgorithmName.SHA256, DSASignatureFormat.IeeeP1363FixedFieldConcatenation);
        return $"{input}.{Base64Url.EncodeToString(signature)}";
    }
}
