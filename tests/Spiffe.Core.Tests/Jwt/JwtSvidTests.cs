using Spiffe.Testing;

namespace Spiffe.Tests.Jwt;

public sealed class JwtSvidTests
{
    private static readonly SpiffeId s_web = SpiffeId.Parse("spiffe://example.org/web");
    private static readonly TestJwtKey s_key = new();

    [Fact]
    public void The_claims_are_read_with_their_types()
    {
        string token = s_key.Sign(
            """{"alg":"ES256","typ":"JWT"}""",
            """{"sub":"spiffe://example.org/web","aud":["a","b"],"iat":1700000000,"exp":1700000300.5,"n":1.5,"f":true,"o":{"x":[1,"y",null]}}""");

        JwtSvid svid = JwtSvid.FromToken(s_web, "internal", isDefault: true, token, ["a"]);

        Assert.Equal(["a", "b"], svid.Audience);
        Assert.Equal(DateTimeOffset.FromUnixTimeSeconds(1700000000).LocalDateTime, svid.IssuedAt);
        Assert.Equal(DateTimeOffset.FromUnixTimeMilliseconds(1700000300500).LocalDateTime, svid.ExpiresAt);
        Assert.Equal(1.5, svid.Claims["n"]);
        Assert.Equal(true, svid.Claims["f"]);
        IReadOnlyDictionary<string, object?> inner = Assert.IsType<IReadOnlyDictionary<string, object?>>(
            svid.Claims["o"], exactMatch: false);
        Assert.Equal([1L, "y", null], Assert.IsType<object?[]>(inner["x"]));
    }

    [Fact]
    public void The_text_of_a_token_is_its_id_and_never_the_token()
    {
        string token = s_key.Issue(s_web.ToString(), "a");

        JwtSvid svid = JwtSvid.FromToken(s_web, "", isDefault: true, token, ["a"]);

        Assert.Equal(s_web.ToString(), svid.ToString());
        Assert.Equal(token, svid.Token);
    }

    [Theory]
    [InlineData("A-24", "spiffe://example.org/other", "a")]
    [InlineData("A-24", "spiffe://example.org/web", "b")]
    public void A_token_for_another_subject_or_audience_is_refused(string clause, string subject, string audience)
    {
        string token = s_key.Issue(subject, audience);

        SpiffeException exception = Assert.Throws<SpiffeException>(
            () => JwtSvid.FromToken(s_web, "", isDefault: true, token, ["a"]));

        Assert.True(exception.Reason == SpiffeErrorReason.SvidInvalid, clause);
        Assert.DoesNotContain(token, exception.Message, StringComparison.Ordinal);
    }
}
