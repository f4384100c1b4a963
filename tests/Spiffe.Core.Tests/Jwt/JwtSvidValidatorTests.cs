using System.Security.Cryptography;
using System.Text;
using System.Text.Json;
using Spiffe.Testing;

namespace Spiffe.Tests.Jwt;

public sealed class JwtSvidValidatorTests
{
    private const string Web = "spiffe://example.org/web";
    private const string Header = """{"alg":"ES256","kid":"test-key","typ":"JWT"}""";

    private static readonly TrustDomain s_trustDomain = TrustDomain.Parse("example.org");
    private static readonly TestJwtKey s_key = new();
    private static readonly SpiffeBundle s_bundle =
        SpiffeBundle.FromJwks(s_trustDomain, Encoding.UTF8.GetBytes(s_key.Jwks));

    [Fact]
    public void A_good_token_is_accepted_with_its_claims()
    {
        JwtValidation validation = Validate(s_key.Issue(Web, "orders", "billing"));

        Assert.True(validation.Valid, validation.Reason);
        Assert.Equal(Web, validation.SpiffeId!.ToString());
        Assert.Equal(Web, validation.Claims["sub"]);
        Assert.Equal("Bundle", validation.ValidatedBy);
    }

    [Theory]
    [InlineData("J-4", "JWT-SVID 2.1", """{"alg":"none","kid":"test-key"}""")]
    [InlineData("J-4", "JWT-SVID 2.1", """{"alg":"HS256","kid":"test-key"}""")]
    [InlineData("J-4", "JWT-SVID 2.1", """{"alg":"EdDSA","kid":"test-key"}""")]
    [InlineData("J-4", "JWT-SVID 2.1", """{"kid":"test-key"}""")]
    [InlineData("J-5", "JWT-SVID 2.1", """{"alg":"ES384","kid":"test-key"}""")]
    [InlineData("J-5", "JWT-SVID 2.1", """{"alg":"RS256","kid":"test-key"}""")]
    [InlineData("J-2", "JWT-SVID 2", """{"alg":"ES256","kid":"test-key","crit":["exp"]}""")]
    [InlineData("J-7", "JWT-SVID 2.3", """{"alg":"ES256","kid":"test-key","typ":"wit+jwt"}""")]
    [InlineData("J-7", "JWT-SVID 2.3", """{"alg":"ES256","kid":"test-key","typ":"jwt"}""")]
    [InlineData("J-15", "JWT-SVID 4", """{"alg":"ES256","alg":"ES256","kid":"test-key"}""")]
    [InlineData("J-15", "JWT-SVID 4", """["alg"]""")]
    [InlineData("J-15", "JWT-SVID 4", """{"alg":"ES256","kid":7}""")]
    [InlineData("J-15", "JWT-SVID 4", """{"alg":"ES256","kid":"\ud800"}""")]
    [InlineData("J-15", "JWT-SVID 4", """{"alg":"ES256","\ud800":1}""")]
    [InlineData("J-15", "JWT-SVID 4", """{"alg":"ES256","kid":"test-key","more":["\ud800"]}""")]
    [InlineData("J-6", "JWT-SVID 4", """{"alg":"ES256","kid":"other"}""")]
    public void A_bad_header_is_refused(string clause, string failedCheck, string header)
    {
        JwtValidation validation = Validate(s_key.Sign(header, GoodClaims()));

        Assert.False(validation.Valid, clause);
        Assert.Equal(failedCheck, validation.FailedCheck);
    }

    [Theory]
    [InlineData("J-9", "JWT-SVID 3.1", """{"aud":"orders","exp":4000000000}""")]
    [InlineData("J-9", "JWT-SVID 3.1", """{"sub":"web","aud":"orders","exp":4000000000}""")]
    [InlineData("J-10", "JWT-SVID 3.2", """{"sub":"spiffe://example.org/web","exp":4000000000}""")]
    [InlineData("J-10", "JWT-SVID 3.2", """{"sub":"spiffe://example.org/web","aud":[],"exp":4000000000}""")]
    [InlineData("J-11", "JWT-SVID 3.2", """{"sub":"spiffe://example.org/web","aud":["Orders"],"exp":4000000000}""")]
    [InlineData("J-13", "JWT-SVID 3.3", """{"sub":"spiffe://example.org/web","aud":"orders"}""")]
    [InlineData("J-13", "JWT-SVID 4", """{"sub":"spiffe://example.org/web","aud":"orders","exp":"4000000000"}""")]
    [InlineData("J-13", "JWT-SVID 4", """{"sub":"spiffe://example.org/web","aud":"orders","exp":1e300}""")]
    [InlineData("J-14", "JWT-SVID 3.3", """{"sub":"spiffe://example.org/web","aud":"orders","exp":1700000000}""")]
    [InlineData("J-15", "JWT-SVID 4", """{"sub":"\ud800","aud":"orders","exp":4000000000}""")]
    [InlineData("J-15", "JWT-SVID 4", """{"sub":"spiffe://example.org/web","aud":["orders","\ud800"],"exp":4000000000}""")]
    [InlineData("J-15", "JWT-SVID 4", """{"sub":"spiffe://example.org/web","aud":"orders","exp":4000000000,"more":["\udc00"]}""")]
    [InlineData("J-15", "JWT-SVID 4", """{"sub":"spiffe://example.org/web","aud":"orders","exp":4000000000,"more":{"\ud800":1}}""")]
    [InlineData("J-15", "JWT-SVID 4", """{"sub":"spiffe://example.org/web","aud":"orders","exp":4000000000,"exp":4000000000}""")]
    [InlineData("J-16", "RFC 7519 4.1.5", """{"sub":"spiffe://example.org/web","aud":"orders","exp":4000000000,"nbf":3900000000}""")]
    [InlineData("J-22", "JWT-SVID 6.2", """{"sub":"spiffe://other.org/web","aud":"orders","exp":4000000000}""")]
    public void Bad_claims_are_refused(string clause, string failedCheck, string claims)
    {
        JwtValidation validation = Validate(s_key.Sign(Header, claims));

        Assert.False(validation.Valid, clause);
        Assert.Equal(failedCheck, validation.FailedCheck);
        Assert.Null(validation.SpiffeId);
        Assert.Empty(validation.Claims);
    }

    [Theory]
    [InlineData("J-6", """{"alg":"ES256"}""", """{"sub":"spiffe://example.org/web","aud":"orders","exp":4000000000}""")]
    [InlineData("J-7", """{"alg":"ES256","typ":"JOSE"}""", """{"sub":"spiffe://example.org/web","aud":["x","orders"],"exp":4000000000.5}""")]
    [InlineData("J-8", """{"alg":"ES256","x":1,"jku":"https://example.org"}""", """{"sub":"spiffe://example.org/web","aud":"orders","exp":4000000000,"more":[]}""")]
    [InlineData("J-26", """{"alg":"ES256"}""", """{"sub":"spiffe://example.org/web","aud":["orders"],"exp":4000000000.25}""")]
    [InlineData("J-16", """{"alg":"ES256"}""", """{"sub":"spiffe://example.org/web","aud":"orders","exp":4000000000,"iat":3900000000}""")]
    [InlineData("J-10", """{"alg":"ES256","typ":"JWT"}""", """{"sub":"spiffe://example.org/web","aud":"orders","exp":4000000000}""")]
    [InlineData("J-11", """{"alg":"ES256"}""", """{"sub":"spiffe://example.org/web","aud":["Orders","orders"],"exp":4000000000}""")]
    [InlineData("J-13", """{"alg":"ES256"}""", """{"sub":"spiffe://example.org/web","aud":"orders","exp":4e9}""")]
    [InlineData("J-16", """{"alg":"ES256"}""", """{"sub":"spiffe://example.org/web","aud":"orders","exp":4000000000,"nbf":1000.5}""")]
    public void What_the_standard_leaves_open_is_accepted(string clause, string header, string claims)
    {
        JwtValidation validation = Validate(s_key.Sign(header, claims));

        Assert.True(validation.Valid, $"{clause}: {validation.Reason}");
    }

    [Fact]
    [Trait("Clause", "J-3")]
    [Trait("Clause", "J-1")]
    public void Anything_but_three_parts_of_base64url_is_refused()
    {
        string token = s_key.Issue(Web, "orders");

        Assert.False(Validate("").Valid);
        Assert.False(Validate(token + ".").Valid);
        Assert.False(Validate(token[..token.LastIndexOf('.')]).Valid);
        Assert.False(Validate(token[..(token.LastIndexOf('.') + 1)]).Valid);
        Assert.False(Validate(token + "=").Valid);
        Assert.False(Validate(token + "\n").Valid);
        Assert.False(Validate(new string('a', 70_000)).Valid);
    }

    [Fact]
    public void A_changed_token_is_refused()
    {
        string[] parts = s_key.Issue(Web, "orders").Split('.');
        string otherClaims = s_key.Issue("spiffe://example.org/admin", "orders").Split('.')[1];

        Assert.False(Validate($"{parts[0]}.{otherClaims}.{parts[2]}").Valid);
        Assert.False(Validate($"{parts[0]}.{parts[1]}.{parts[2][..^4]}AAAA").Valid);
    }

    [Fact]
    [Trait("Clause", "J-14")]
    public void The_clock_skew_applies_to_the_expiry()
    {
        DateTimeOffset now = DateTimeOffset.UtcNow;
        string token = s_key.Sign(Header, GoodClaims(now.AddSeconds(-30)));

        Assert.True(JwtSvidValidator.Validate(token, "orders", [s_bundle], now, TimeSpan.FromSeconds(60)).Valid);
        Assert.False(JwtSvidValidator.Validate(token, "orders", [s_bundle], now, TimeSpan.FromSeconds(10)).Valid);
    }

    [Theory]
    [InlineData("RS256")]
    [InlineData("RS512")]
    [InlineData("PS384")]
    public void RSA_algorithms_verify_with_RSA_keys(string algorithm)
    {
        using RSA key = RSA.Create(2048);
        SpiffeBundle bundle = new(s_trustDomain, jwtAuthorities: [JwtAuthority.FromKey("rsa", key)]);
        string input = s_key.Sign($$"""{"alg":"{{algorithm}}","kid":"rsa"}""", GoodClaims());
        input = input[..input.LastIndexOf('.')];
        byte[] signature = key.SignData(
            Encoding.ASCII.GetBytes(input),
            new HashAlgorithmName("SHA" + algorithm[2..]),
            algorithm[0] == 'R' ? RSASignaturePadding.Pkcs1 : RSASignaturePadding.Pss);
        string token = $"{input}.{System.Buffers.Text.Base64Url.EncodeToString(signature)}";

        JwtValidation validation =
            JwtSvidValidator.Validate(token, "orders", [bundle], DateTimeOffset.UtcNow, TimeSpan.Zero);

        Assert.True(validation.Valid, validation.Reason);
    }

    private static string GoodClaims(DateTimeOffset? expiry = null) => JsonSerializer.Serialize(new Dictionary<string, object>
    {
        ["sub"] = Web,
        ["aud"] = "orders",
        ["exp"] = (expiry ?? DateTimeOffset.UtcNow.AddMinutes(5)).ToUnixTimeSeconds(),
    });

    private static JwtValidation Validate(string token) => JwtSvidValidator.Validate(
        token, "orders", [s_bundle], DateTimeOffset.UtcNow, JwtSvidValidator.DefaultClockSkew);
}
