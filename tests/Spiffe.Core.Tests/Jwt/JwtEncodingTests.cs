using System.Text;
using Spiffe.Testing;

namespace Spiffe.Tests.Jwt;

/// <summary>How a token may be written down: text that only looks like one is refused, and never read in two ways.</summary>
public sealed class JwtEncodingTests
{
    private const int MaxLength = 64 * 1024;
    private const int MaxDepth = 32;
    private const string Header = """{"alg":"ES256","kid":"test-key","typ":"JWT"}""";
    private const string Members = """
        "sub":"spiffe://example.org/web","aud":"orders","exp":4000000000
        """;

    private static readonly TestJwtKey s_key = new();
    private static readonly SpiffeBundle s_bundle =
        SpiffeBundle.FromJwks(TrustDomain.Parse("example.org"), Encoding.UTF8.GetBytes(s_key.Jwks));

    [Fact]
    [Trait("Clause", "J-1")]
    [Trait("Clause", "J-3")]
    public void A_JWS_in_JSON_form_and_a_JWE_are_refused()
    {
        string[] parts = s_key.Sign(Header, $"{{{Members}}}").Split('.');
        string member = $"\"protected\":\"{parts[0]}\",\"signature\":\"{parts[2]}\"";

        Assert.True(Validate(string.Join('.', parts)).Valid);
        Assert.Equal("JWT-SVID 1", Validate($"{{\"payload\":\"{parts[1]}\",{member}}}").FailedCheck);
        Assert.Equal("JWT-SVID 1", Validate($"{{\"payload\":\"{parts[1]}\",\"signatures\":[{{{member}}}]}}").FailedCheck);
        Assert.Equal("JWT-SVID 1", Validate($"{parts[0]}.{parts[1]}.{parts[2]}.{parts[1]}.{parts[2]}").FailedCheck);
        Assert.Equal("JWT-SVID 1", Validate($"{parts[0]}.{parts[1]}").FailedCheck);
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    [Trait("Clause", "J-15")]
    public void A_header_or_claims_that_are_not_UTF_8_are_refused(bool isHeader)
    {
        byte[] broken = [0xC3, 0x28];
        byte[] header = [.. "{\"alg\":\"ES256\",\"kid\":\"test-key\",\"more\":\""u8, .. isHeader ? broken : [], .. "\"}"u8];
        byte[] claims = [.. Encoding.UTF8.GetBytes($"{{{Members},\"more\":\""), .. isHeader ? [] : broken, .. "\"}"u8];

        Assert.Equal("JWT-SVID 4", Validate(s_key.Sign(header, claims)).FailedCheck);
    }

    [Theory]
    [InlineData(0)]
    [InlineData(1)]
    [InlineData(2)]
    [Trait("Clause", "J-15")]
    public void A_part_with_padding_white_space_or_the_other_alphabet_is_refused(int part)
    {
        string token = s_key.Sign(Header, $"{{{Members}}}");

        Assert.All(["=", " ", "\n", "+", "/", "é", "\0"], more =>
        {
            string[] parts = token.Split('.');
            parts[part] += more;
            Assert.Equal("JWT-SVID 4", Validate(string.Join('.', parts)).FailedCheck);
        });
    }

    [Fact]
    [Trait("Clause", "J-15")]
    public void A_signature_can_be_written_in_one_way_only()
    {
        // 64 bytes end in a character of which four bits say nothing: they have to be 0 (RFC 4648, section 3.5).
        const string Alphabet = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_";
        string token = s_key.Sign(Header, $"{{{Members}}}");

        char[] accepted = [.. Alphabet.Where(last => Validate(token[..^1] + last).Valid)];

        Assert.Equal([token[^1]], accepted);
    }

    [Fact]
    [Trait("Clause", "J-15")]
    public void A_token_of_64_KiB_is_verified_and_a_longer_one_is_not_looked_at()
    {
        string longest = CreateToken(MaxLength);
        string longer = CreateToken(MaxLength + 1);

        Assert.True(Validate(longest).Valid);
        Assert.Equal("Limits", Validate(longer).FailedCheck);
        Assert.NotNull(UnverifiedJwt.Decode(longest).SpiffeId);
        Assert.Contains($"{MaxLength}", Assert.Throws<SpiffeException>(() => UnverifiedJwt.Decode(longer)).Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(MaxDepth, true)]
    [InlineData(MaxDepth + 1, false)]
    [InlineData(10_000, false)]
    [Trait("Clause", "J-15")]
    public void JSON_is_read_to_a_depth_of_32_and_no_deeper(int depth, bool expected)
    {
        string nested = new string('[', depth - 1) + new string(']', depth - 1);

        JwtValidation inClaims = Validate(s_key.Sign(Header, $"{{{Members},\"x\":{nested}}}"));
        JwtValidation inHeader = Validate(s_key.Sign($"{{\"alg\":\"ES256\",\"x\":{nested}}}", $"{{{Members}}}"));

        Assert.Equal((expected, expected), (inClaims.Valid, inHeader.Valid));
        Assert.Equal(expected ? null : "JWT-SVID 4", inClaims.FailedCheck);
        Assert.Equal(expected ? null : "JWT-SVID 4", inHeader.FailedCheck);
    }

    [Theory]
    [InlineData($$$"""{{{{Members}}},"sub":"spiffe://example.org/admin"}""")]
    [InlineData($$$"""{{{{Members}}},"\u0073ub":"spiffe://example.org/admin"}""")]
    [InlineData($$$"""{{{{Members}}},"x":{"y":1,"y":1}}""")]
    [InlineData($$$"""{{{{Members}}},"x":[{"y":1,"\u0079":1}]}""")]
    [InlineData($$$"""{{{{Members}}},}""")]
    [InlineData($$$"""{{{{Members}}}/* */}""")]
    [InlineData($$$"""{{{{Members}}}} {}""")]
    [InlineData($$$"""[{{{{Members}}}}]""")]
    [InlineData($$$"""{{{{Members}}},"x":NaN}""")]
    [InlineData($$$"""{{{{Members}}},"x":'y'}""")]
    [InlineData("\ufeff" + $$$"""{{{{Members}}}}""")]
    [InlineData("")]
    [InlineData("null")]
    [Trait("Clause", "J-15")]
    public void Claims_that_can_be_read_in_two_ways_or_in_none_are_refused(string claims) =>
        Assert.Equal("JWT-SVID 4", Validate(s_key.Sign(Header, claims)).FailedCheck);

    [Theory]
    [InlineData("""{"alg":"none","alg":"ES256"}""")]
    [InlineData("""{"alg":"ES256","\u0061lg":"none"}""")]
    [InlineData("""{"alg":"ES256","x":{"y":1,"y":2}}""")]
    [InlineData("""{"alg":["ES256"]}""")]
    [InlineData("""{"alg":"ES256","typ":["JWT"]}""")]
    [InlineData("""{"alg":"ES256"}{}""")]
    [Trait("Clause", "J-15")]
    public void A_header_that_can_be_read_in_two_ways_or_in_none_is_refused(string header) =>
        Assert.Equal("JWT-SVID 4", Validate(s_key.Sign(header, $"{{{Members}}}")).FailedCheck);

    [Fact]
    [Trait("Clause", "J-15")]
    public void Bytes_that_are_no_UTF8_are_refused()
    {
        byte[] claims = [.. Encoding.UTF8.GetBytes($"{{{Members},\"x\":\""), 0xFF, .. "\"}"u8];

        Assert.Equal("JWT-SVID 4", Validate(s_key.Sign(Encoding.UTF8.GetBytes(Header), claims)).FailedCheck);
    }

    /// <summary>A good token of just this length, padded with a claim that is ignored.</summary>
    private static string CreateToken(int length)
    {
        // Not every length can be had in base64url: with a header of 16 bytes both can that are asked for.
        const string ShortHeader = "{\"alg\":\"ES256\" }";
        int count = (length - Sign(0).Length) * 3 / 4;
        while (Sign(count).Length < length)
        {
            count++;
        }

        string token = Sign(count);
        Assert.Equal(length, token.Length);
        return token;

        static string Sign(int count) => s_key.Sign(ShortHeader, $"{{{Members},\"x\":\"{new string('x', count)}\"}}");
    }

    private static JwtValidation Validate(string token) => JwtSvidValidator.Validate(
        token, "orders", [s_bundle], DateTimeOffset.UtcNow, JwtSvidValidator.DefaultClockSkew);
}
