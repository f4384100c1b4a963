using System.Text;
using Spiffe.Testing;

namespace Spiffe.Tests.Jwt;

/// <summary>What an explained verification and a decoded token say.</summary>
public sealed class JwtExplanationTests
{
    private const string Web = "spiffe://example.org/web";

    private static readonly TestJwtKey s_key = new();
    private static readonly SpiffeBundle s_bundle =
        SpiffeBundle.FromJwks(TrustDomain.Parse("example.org"), Encoding.UTF8.GetBytes(s_key.Jwks));

    [Fact]
    [Trait("Clause", "J-15")]
    public void Every_rule_says_its_clause_what_was_found_and_what_was_expected()
    {
        JwtValidation validation = Explain(s_key.Issue(Web, "orders"), "orders");

        Assert.True(validation.Valid);
        Assert.All(validation.Checks, check => Assert.Equal(CheckResult.Passed, check.Result));
        Assert.Equal(
            [
                "Limits", "JWT-SVID 1", "JWT-SVID 4", "JWT-SVID 4", "JWT-SVID 2.1", "JWT-SVID 2", "JWT-SVID 2.3", "JWT-SVID 4",
                "JWT-SVID 3.1", "JWT-SVID 3.2", "JWT-SVID 3.3", "JWT-SVID 3.3", "RFC 7519 4.1.5", "JWT-SVID 3.2", "JWT-SVID 6.2",
                "JWT-SVID 4", "JWT-SVID 2.1", "JWT-SVID 4",
            ],
            validation.Checks.Select(check => check.Clause));
    }

    [Fact]
    public void All_that_is_wrong_is_listed_and_the_first_of_it_is_the_reason()
    {
        string claims = $$"""{"sub":"{{Web}}","aud":["billing"],"exp":1000}""";

        JwtValidation validation = Explain(s_key.Sign("""{"alg":"ES256","kid":"other"}""", claims), "orders");

        Assert.False(validation.Valid);
        Assert.Equal("JWT-SVID 3.3", validation.FailedCheck);
        Assert.Equal(
            ["Not expired", "Own audience", "Signer"],
            validation.Checks.Where(check => check.Result == CheckResult.Failed).Select(check => check.Check));
        Assert.Contains("expected 'orders'", validation.Checks.Single(check => check.Check == "Own audience").ToString(), StringComparison.Ordinal);
    }

    [Fact]
    public void A_verdict_alone_keeps_only_what_does_not_hold()
    {
        Assert.Empty(Validate(s_key.Issue(Web, "orders"), "orders").Checks);
        Assert.Equal("Own audience", Assert.Single(Validate(s_key.Issue(Web, "orders"), "billing").Checks).Check);
    }

    [Fact]
    public void A_decoded_token_says_what_it_contains_and_that_it_is_not_verified()
    {
        const string Claims = """{"sub":"spiffe://example.org/web","aud":["a","b"],"iat":1000,"nbf":1000.5,"exp":4000000000,"x":{"y":[1,null]}}""";

        UnverifiedJwt token = UnverifiedJwt.Decode(s_key.Sign("""{"alg":"none","kid":"k"}""", Claims));

        Assert.False(token.Verified);
        Assert.StartsWith("Not verified", token.Note, StringComparison.Ordinal);
        Assert.Contains("unverified", token.ToString(), StringComparison.Ordinal);
        Assert.Equal(Web, token.SpiffeId!.ToString());
        Assert.Equal(["a", "b"], token.Audience);
        Assert.Equal(("none", "k"), (token.Algorithm, token.KeyId));
        Assert.Equal(DateTimeOffset.FromUnixTimeSeconds(1000).LocalDateTime, token.IssuedAt);
        Assert.Equal(DateTimeOffset.FromUnixTimeMilliseconds(1_000_500).LocalDateTime, token.NotBefore);
        Assert.Equal(DateTimeOffset.FromUnixTimeSeconds(4_000_000_000).LocalDateTime, token.ExpiresAt);
    }

    [Fact]
    public void A_token_without_the_usual_claims_is_decoded_too()
    {
        UnverifiedJwt token = UnverifiedJwt.Decode(s_key.Sign("{}", """{"sub":"alice","exp":"tomorrow","iat":-1}"""));

        Assert.Null(token.SpiffeId);
        Assert.Empty(token.Audience);
        Assert.Null(token.ExpiresAt ?? token.IssuedAt ?? token.NotBefore);
        Assert.Null(token.Algorithm ?? token.KeyId);
    }

    [Theory]
    [InlineData("")]
    [InlineData("a.b")]
    [InlineData("e30.e30.a.b.c")]
    [InlineData("e30=.e30.")]
    [InlineData("W10.e30.")]
    [InlineData("e30.MQ.")]
    public void Text_that_is_not_a_token_is_not_decoded(string token) => Assert.Equal(
        SpiffeErrorReason.TokenInvalid, Assert.Throws<SpiffeException>(() => UnverifiedJwt.Decode(token)).Reason);

    [Fact]
    public void A_refusal_to_decode_holds_no_part_of_the_token()
    {
        string token = s_key.Sign("""{"alg":"ES256"}""", """{"sub":"secret","sub":"secret"}""");

        SpiffeException exception = Assert.Throws<SpiffeException>(() => UnverifiedJwt.Decode(token));

        Assert.DoesNotContain("secret", exception.ToString(), StringComparison.Ordinal);
    }

    [Fact]
    public void Views_get_claims_that_control_no_terminal()
    {
        Dictionary<string, object?> claims = new() { ["a\u001b"] = new object?[] { "b\u009b", 1L, null, true }, ["日"] = "\u202e\n" };

        JwtValidation validation = JwtValidation.Accepted(SpiffeId.Parse("spiffe://example.org/web"), claims, "Agent");

        Assert.Equal("""{"a\u001B":["b\u009B",1,null,true],"日":"\u202e\n"}""", validation.DisplayClaims);
        Assert.Equal(claims, validation.Claims);
        Assert.Equal("""{"exp":"Infinity"}""", UnverifiedJwt.Decode(s_key.Sign("{}", """{"exp":1e999}""")).DisplayClaims);
        Assert.Equal("{}", JwtValidation.Refused("JWT-SVID 3", "expired", "Agent").DisplayClaims);
    }

    private static JwtValidation Explain(string token, string audience) => JwtSvidValidator.Explain(
        token, audience, [s_bundle], DateTimeOffset.UtcNow, JwtSvidValidator.DefaultClockSkew);

    private static JwtValidation Validate(string token, string audience) => JwtSvidValidator.Validate(
        token, audience, [s_bundle], DateTimeOffset.UtcNow, JwtSvidValidator.DefaultClockSkew);
}
