using System.Text;
using Spiffe.Testing;
using Spiffe.Testing.Fuzzing;

namespace Spiffe.Tests.Fuzzing;

/// <summary>Changed tokens, and good signatures over changed headers and claims: there is a verdict on all of them.</summary>
public sealed class JwtFuzzTests
{
    private const string Base64UrlTokens = "...AZaz09-_=+/ \n\u00e9";
    private const string Header = """{"alg":"ES256","kid":"test-key","typ":"JWT"}""";
    private const string Claims = """{"sub":"spiffe://example.org/web","aud":["orders","b"],"exp":4000000000,"nbf":0,"iat":1.5,"x":{"y":[1e9,null,true]}}""";

    private static readonly byte[] s_jsonTokens = Encoding.Latin1.GetBytes("{}[]\":,\\u0 \n-+.eE0123456789tfn/=_algkidtypsubexp\u007f\u00e9");
    private static readonly TestJwtKey s_key = new();
    private static readonly SpiffeBundle s_bundle =
        SpiffeBundle.FromJwks(TrustDomain.Parse("example.org"), Encoding.UTF8.GetBytes(s_key.Jwks));

    private readonly ITestOutputHelper _output;

    public JwtFuzzTests(ITestOutputHelper output) => _output = output;

    [Fact]
    [Trait("Clause", "J-1")]
    public void Any_text_is_a_token_that_was_signed_or_is_refused()
    {
        string[] signed = [s_key.Issue("spiffe://example.org/web", "orders"), s_key.Sign(Header, Claims)];
        Expect(new ParserFuzz<SpiffeException>(bytesPerUnit: 64).FeedText([.. signed, "a.b.c"], Base64UrlTokens, token =>
        {
            Verify(token);

            // Some changes change nothing. Whatever else was accepted would be forged.
            Assert.Contains(token, signed);
        }));
    }

    [Fact]
    [Trait("Clause", "J-15")]
    public void Any_header_under_a_good_signature_is_accepted_or_is_refused() => Expect(Feed(
        [Header, """{"alg":"ES256","crit":["x"],"jwk":{"kty":"EC"},"typ":"JOSE"}""", """{"alg":"RS256","alg":"none"}"""],
        header => s_key.Sign(header, Encoding.UTF8.GetBytes(Claims))));

    [Fact]
    [Trait("Clause", "J-15")]
    public void Any_claims_under_a_good_signature_are_accepted_or_are_refused() => Expect(Feed(
        [Claims, """{"sub":"spiffe://example.org/web","aud":"orders","exp":4e9}""", """{"sub":"\ud83d\ude00","aud":"orders","exp":1}"""],
        claims => s_key.Sign(Encoding.UTF8.GetBytes(Header), claims)));

    private static FuzzReport Feed(string[] seeds, Func<byte[], string> sign) =>
        new ParserFuzz<SpiffeException>(bytesPerUnit: 64).FeedBytes(
            seeds.Select(Encoding.UTF8.GetBytes),
            s_jsonTokens,
            json => Encoding.ASCII.GetBytes(sign(json)),
            token => Verify(Encoding.ASCII.GetString(token)));

    /// <summary>What is decoded for a reader and what is verified agree on what a token is.</summary>
    private static void Verify(string token)
    {
        JwtValidation validation = JwtSvidValidator.Explain(
            token, "orders", [s_bundle], DateTimeOffset.UtcNow, JwtSvidValidator.DefaultClockSkew);
        Assert.Equal(validation.Valid, validation.Reason is null);
        Assert.All(validation.Checks, check => Assert.DoesNotContain(check.Found, char.IsControl));
        UnverifiedJwt decoded = UnverifiedJwt.Decode(token);
        Assert.NotEmpty($"{decoded} {decoded.ExpiresAt} {decoded.NotBefore} {decoded.IssuedAt} {decoded.Audience.Count}");
        Assert.DoesNotContain($"{decoded.DisplayHeader}{decoded.DisplayClaims}{string.Concat(decoded.DisplayAudience)}", char.IsControl);
        if (!validation.Valid)
        {
            throw new SpiffeException(SpiffeErrorReason.SvidInvalid, validation.Reason!);
        }

        Assert.Equal(validation.SpiffeId, decoded.SpiffeId);
        Assert.NotEmpty(validation.Claims);
    }

    private void Expect(FuzzReport report)
    {
        _output.WriteLine(report.ToString());
        Assert.True(report is { Accepted: > 0, Refused: > 0 }, report.ToString());
    }
}
