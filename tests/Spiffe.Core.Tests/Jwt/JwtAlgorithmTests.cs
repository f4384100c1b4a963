using System.Buffers.Text;
using System.Security.Cryptography;
using System.Text;

namespace Spiffe.Tests.Jwt;

/// <summary>Which algorithm may be used with which key.</summary>
public sealed class JwtAlgorithmTests
{
    private const string KeyId = "k";

    private static readonly TrustDomain s_trustDomain = TrustDomain.Parse("example.org");

    private static readonly Dictionary<string, AsymmetricAlgorithm> s_keys = new()
    {
        ["P-256"] = ECDsa.Create(ECCurve.NamedCurves.nistP256),
        ["P-384"] = ECDsa.Create(ECCurve.NamedCurves.nistP384),
        ["P-521"] = ECDsa.Create(ECCurve.NamedCurves.nistP521),
        ["RSA"] = RSA.Create(2048),
    };

    public static TheoryData<string, string> AlgorithmsAndKeys { get; } = new MatrixTheoryData<string, string>(
        ["RS256", "RS384", "RS512", "ES256", "ES384", "ES512", "PS256", "PS384", "PS512"], s_keys.Keys);

    [Theory]
    [MemberData(nameof(AlgorithmsAndKeys))]
    [Trait("Clause", "J-4")]
    [Trait("Clause", "J-5")]
    public void An_algorithm_verifies_with_its_own_kind_of_key_and_with_no_other(string algorithm, string key)
    {
        bool isRsa = algorithm[0] != 'E';
        string own = isRsa ? "RSA" : algorithm switch { "ES256" => "P-256", "ES384" => "P-384", _ => "P-521" };

        JwtValidation validation = Validate(Sign(algorithm, s_keys[key]), Authority(s_keys[key]));

        Assert.True(validation.Valid == (key == own), validation.Reason);
        Assert.Equal(key == own ? null : "JWT-SVID 2.1", validation.FailedCheck);
    }

    [Theory]
    [InlineData("ES256", "P-256", "ES256", true)]
    [InlineData("ES256", "P-256", "ES384", false)]
    [InlineData("RS256", "RSA", "RS256", true)]
    [InlineData("RS256", "RSA", "PS256", false)]
    [InlineData("PS256", "RSA", "RS256", false)]
    [Trait("Clause", "J-5")]
    public void The_algorithm_that_a_key_names_is_the_only_one_for_it(string algorithm, string key, string named, bool expected) =>
        Assert.Equal(expected, Validate(Sign(algorithm, s_keys[key]), Authority(s_keys[key], named)).Valid);

    [Fact]
    [Trait("Clause", "J-5")]
    public void An_RSA_key_of_fewer_than_2048_bits_verifies_nothing()
    {
        using RSA key = RSA.Create(1024);

        Assert.Equal("JWT-SVID 2.1", Validate(Sign("RS256", key), JwtAuthority.FromKey(KeyId, key)).FailedCheck);
    }

    [Theory]
    [InlineData("HS256")]
    [InlineData("HS384")]
    [InlineData("HS512")]
    [Trait("Clause", "J-4")]
    public void A_public_key_is_not_accepted_as_a_secret(string algorithm)
    {
        RSA key = (RSA)s_keys["RSA"];
        string input = SigningInput(algorithm);
        byte[] data = Encoding.ASCII.GetBytes(input);
        byte[][] secrets = [key.ExportRSAPublicKey(), key.ExportSubjectPublicKeyInfo(), Encoding.ASCII.GetBytes(key.ExportSubjectPublicKeyInfoPem())];

        Assert.All(secrets, secret =>
        {
            byte[] signature = algorithm switch
            {
                "HS256" => HMACSHA256.HashData(secret, data),
                "HS384" => HMACSHA384.HashData(secret, data),
                _ => HMACSHA512.HashData(secret, data),
            };
            Assert.Equal("JWT-SVID 2.1", Validate($"{input}.{Base64Url.EncodeToString(signature)}", Authority(key)).FailedCheck);
        });
    }

    [Theory]
    [InlineData("none")]
    [InlineData("None")]
    [InlineData("nOnE")]
    [InlineData("es256")]
    [InlineData("ES256K")]
    [InlineData("EdDSA")]
    [InlineData("RS1")]
    [Trait("Clause", "J-4")]
    public void Another_algorithm_is_refused_whatever_the_signature_is(string algorithm)
    {
        string input = SigningInput(algorithm);
        string signed = Sign("ES256", s_keys["P-256"]);

        Assert.Equal("JWT-SVID 2.1", Validate($"{input}.", Authority(s_keys["P-256"])).FailedCheck);
        Assert.Equal("JWT-SVID 2.1", Validate(input + signed[signed.LastIndexOf('.')..], Authority(s_keys["P-256"])).FailedCheck);
    }

    [Fact]
    [Trait("Clause", "J-2")]
    public void A_key_that_the_token_brings_along_is_not_used()
    {
        using ECDsa own = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        ECPoint point = own.ExportParameters(includePrivateParameters: false).Q;
        string jwk = $$"""{"kty":"EC","crv":"P-256","x":"{{Base64Url.EncodeToString(point.X)}}","y":"{{Base64Url.EncodeToString(point.Y)}}"}""";

        Assert.Equal("JWT-SVID 4", Validate(Sign("ES256", own, $$""","jwk":{{jwk}}"""), Authority(s_keys["P-256"])).FailedCheck);
    }

    [Fact]
    [Trait("Clause", "J-3")]
    public void An_ECDSA_signature_is_two_numbers_and_no_DER()
    {
        ECDsa key = (ECDsa)s_keys["P-256"];
        string input = SigningInput("ES256");
        byte[] signature = key.SignData(
            Encoding.ASCII.GetBytes(input), HashAlgorithmName.SHA256, DSASignatureFormat.Rfc3279DerSequence);

        Assert.Equal("JWT-SVID 4", Validate($"{input}.{Base64Url.EncodeToString(signature)}", Authority(key)).FailedCheck);
    }

    [Fact]
    [Trait("Clause", "J-6")]
    public void Without_a_key_ID_every_key_is_tried_that_fits()
    {
        using ECDsa other = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        string token = Sign("ES256", s_keys["P-256"], keyId: null);
        JwtAuthority[] authorities = [Authority(s_keys["RSA"]), Authority(other), Authority(s_keys["P-384"]), Authority(s_keys["P-256"])];

        Assert.True(Validate(token, authorities).Valid);
        Assert.Equal("JWT-SVID 4", Validate(token, authorities[..^1]).FailedCheck);
        Assert.Equal("JWT-SVID 2.1", Validate(token, authorities[0]).FailedCheck);
    }

    private static string Sign(string algorithm, AsymmetricAlgorithm key, string more = "", string? keyId = KeyId)
    {
        string input = SigningInput(algorithm, more, keyId);
        byte[] data = Encoding.ASCII.GetBytes(input);
        HashAlgorithmName hash = new("SHA" + algorithm[2..]);
        byte[] signature = key is RSA rsa
            ? rsa.SignData(data, hash, algorithm[0] == 'P' ? RSASignaturePadding.Pss : RSASignaturePadding.Pkcs1)
            : ((ECDsa)key).SignData(data, hash, DSASignatureFormat.IeeeP1363FixedFieldConcatenation);
        return $"{input}.{Base64Url.EncodeToString(signature)}";
    }

    private static string SigningInput(string algorithm, string more = "", string? keyId = KeyId)
    {
        string kid = keyId is null ? "" : $",\"kid\":\"{keyId}\"";
        string header = $$"""{"alg":"{{algorithm}}"{{kid}}{{more}}}""";
        return $"{Encode(header)}.{Encode("""{"sub":"spiffe://example.org/web","aud":"orders","exp":4000000000}""")}";
    }

    private static string Encode(string json) => Base64Url.EncodeToString(Encoding.UTF8.GetBytes(json));

    /// <summary>Read from a JWK Set, as a bundle is: it alone can bind a key to an algorithm.</summary>
    private static JwtAuthority Authority(AsymmetricAlgorithm key, string? algorithm = null)
    {
        JwtAuthority authority = key is RSA rsa ? JwtAuthority.FromKey(KeyId, rsa) : JwtAuthority.FromKey(KeyId, (ECDsa)key);
        string jwks = new SpiffeBundle(s_trustDomain, jwtAuthorities: [authority]).ToJwks();
        string bound = algorithm is null ? jwks : jwks.Replace($"\"kid\": \"{KeyId}\"", $"\"kid\": \"{KeyId}\", \"alg\": \"{algorithm}\"", StringComparison.Ordinal);
        return SpiffeBundle.FromJwks(s_trustDomain, Encoding.UTF8.GetBytes(bound)).JwtAuthorities[0];
    }

    private static JwtValidation Validate(string token, params JwtAuthority[] authorities) => JwtSvidValidator.Validate(
        token,
        "orders",
        authorities.Select(authority => new SpiffeBundle(s_trustDomain, jwtAuthorities: [authority])),
        DateTimeOffset.UtcNow,
        JwtSvidValidator.DefaultClockSkew);
}
