using System.Buffers.Text;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using System.Text;
using Spiffe.Testing;

namespace Spiffe.Tests.Jwt;

/// <summary>Which authorities a token may be verified with.</summary>
public sealed class JwtTrustTests
{
    private const string Web = "spiffe://example.org/web";

    private static readonly TrustDomain s_trustDomain = TrustDomain.Parse("example.org");
    private static readonly TestJwtKey s_key = new();
    private static readonly SpiffeBundle s_bundle =
        SpiffeBundle.FromJwks(s_trustDomain, Encoding.UTF8.GetBytes(s_key.Jwks));

    [Fact]
    [Trait("Clause", "J-22")]
    [Trait("Clause", "A-10")]
    [Trait("Clause", "A-33")]
    public void Only_the_bundle_of_the_subjects_trust_domain_is_used()
    {
        SpiffeBundle foreign =
            SpiffeBundle.FromJwks(TrustDomain.Parse("other.org"), Encoding.UTF8.GetBytes(s_key.Jwks));
        string token = s_key.Issue(Web, "orders");

        JwtValidation[] untrusted = [Validate(token, []), Validate(token, foreign), Validate(token, foreign, new SpiffeBundle(s_trustDomain))];
        JwtValidation trusted = Validate(token, foreign, s_bundle);

        Assert.All(untrusted, validation => Assert.Equal("JWT-SVID 6.2", validation.FailedCheck));
        Assert.True(trusted.Valid, trusted.Reason);
    }

    [Fact]
    [Trait("Clause", "A-15")]
    [Trait("Clause", "A-26")]
    public void An_X509_authority_verifies_no_token_and_a_JWT_authority_is_none_for_X509()
    {
        TestAuthority authority = TestAuthority.Create();
        SpiffeBundle x509 = SpiffeBundle.FromX509Der(s_trustDomain, authority.BundleDer);
        using ECDsa key = authority.Certificate.GetECDsaPrivateKey()!;
        string token = Sign(key);
        SpiffeBundle jwt = new(s_trustDomain, jwtAuthorities: [JwtAuthority.FromKey("a", key)]);

        Assert.False(Validate(token, x509).Valid);
        Assert.True(Validate(token, jwt).Valid);
        Assert.Empty(jwt.X509Authorities);
        Assert.Empty(jwt.ToPem());
    }

    [Theory]
    [InlineData("\"use\":\"jwt-svid\",", true)]
    [InlineData("", false)]
    [InlineData("\"use\":\"JWT-SVID\",", false)]
    [InlineData("\"use\":\"sig\",", false)]
    [InlineData("\"use\":\"wit-svid\",", false)]
    [InlineData("\"use\":\"x509-svid\",", false)]
    [Trait("Clause", "J-21")]
    [Trait("Clause", "J-22")]
    public void A_key_of_a_SPIFFE_document_verifies_tokens_if_it_is_there_for_that(string use, bool expected)
    {
        string document = s_key.Jwks.Replace("\"kid\"", $"{use}\"kid\"", StringComparison.Ordinal);

        JwtValidation validation = Validate(
            s_key.Issue(Web, "orders"), SpiffeBundle.FromSpiffeJson(s_trustDomain, Encoding.UTF8.GetBytes(document)));

        Assert.Equal(expected, validation.Valid);
        Assert.Equal(expected ? null : "JWT-SVID 6.2", validation.FailedCheck);
    }

    private static string Sign(ECDsa key)
    {
        string input = $"{Encode("""{"alg":"ES256"}""")}.{Encode($$"""{"sub":"{{Web}}","aud":"orders","exp":4000000000}""")}";
        byte[] signature = key.SignData(
            Encoding.ASCII.GetBytes(input), HashAlgorithmName.SHA256, DSASignatureFormat.IeeeP1363FixedFieldConcatenation);
        return $"{input}.{Base64Url.EncodeToString(signature)}";
    }

    private static string Encode(string json) => Base64Url.EncodeToString(Encoding.UTF8.GetBytes(json));

    private static JwtValidation Validate(string token, params SpiffeBundle[] bundles) => JwtSvidValidator.Validate(
        token, "orders", bundles, DateTimeOffset.UtcNow, JwtSvidValidator.DefaultClockSkew);
}
