using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using System.Text;
using System.Text.Json;
using Spiffe.Testing;

namespace Spiffe.Tests.Bundles;

public sealed class SpiffeBundleTests
{
    private static readonly TrustDomain s_trustDomain = TrustDomain.Parse("example.org");
    private static readonly TestJwtKey s_key = new();

    [Fact]
    public void Several_authorities_are_read_from_one_DER_field_and_written_the_same()
    {
        byte[] der = [.. TestAuthority.Create().BundleDer, .. TestAuthority.Create(keyType: TestKeyType.Rsa2048).BundleDer];

        SpiffeBundle bundle = SpiffeBundle.FromX509Der(s_trustDomain, der);

        Assert.Equal(2, bundle.X509Authorities.Count);
        Assert.Equal(der, bundle.ToDer());
        X509Certificate2Collection read = [];
        read.ImportFromPem(bundle.ToPem());
        Assert.Equal(bundle.X509Authorities.Select(c => c.Thumbprint), read.Select(c => c.Thumbprint));
    }

    [Fact]
    public void A_field_with_trailing_bytes_is_refused()
    {
        byte[] der = [.. TestAuthority.Create().BundleDer, 0x05, 0x00];

        SpiffeException exception = Assert.Throws<SpiffeException>(() => SpiffeBundle.FromX509Der(s_trustDomain, der));

        Assert.Equal(SpiffeErrorReason.ResponseInvalid, exception.Reason);
    }

    [Theory]
    [InlineData(TestKeyType.EcP256, "EC")]
    [InlineData(TestKeyType.EcP384, "EC")]
    [InlineData(TestKeyType.Rsa2048, "RSA")]
    [Trait("Clause", "X-29")]
    [Trait("Clause", "X-30")]
    [Trait("Clause", "X-31")]
    [Trait("Clause", "J-19")]
    [Trait("Clause", "J-20")]
    public void The_SPIFFE_document_keeps_both_kinds_of_authorities_apart(TestKeyType keyType, string expectedType)
    {
        TestAuthority authority = TestAuthority.Create(keyType: keyType);
        SpiffeBundle bundle = new(
            s_trustDomain,
            [authority.Certificate],
            SpiffeBundle.FromJwks(s_trustDomain, Encoding.UTF8.GetBytes(s_key.Jwks)).JwtAuthorities,
            sequenceNumber: ulong.MaxValue,
            refreshHint: TimeSpan.FromSeconds(299.5));

        JsonElement root = JsonDocument.Parse(bundle.ToSpiffeJson()).RootElement;

        JsonElement x509 = root.GetProperty("keys")[0];
        Assert.Equal("x509-svid", x509.GetProperty("use").GetString());
        Assert.Equal(expectedType, x509.GetProperty("kty").GetString());
        Assert.Equal(authority.Certificate.RawData, x509.GetProperty("x5c")[0].GetBytesFromBase64());
        Assert.Equal(1, x509.GetProperty("x5c").GetArrayLength());
        Assert.False(x509.TryGetProperty("kid", out _));
        JsonElement jwt = root.GetProperty("keys")[1];
        Assert.Equal("jwt-svid", jwt.GetProperty("use").GetString());
        Assert.Equal(s_key.KeyId, jwt.GetProperty("kid").GetString());
        Assert.Equal(ulong.MaxValue, root.GetProperty("spiffe_sequence").GetUInt64());
        Assert.Equal(300, root.GetProperty("spiffe_refresh_hint").GetInt64());
    }

    [Fact]
    [Trait("Clause", "A-27")]
    public void A_JWK_Set_reads_back_equal()
    {
        using ECDsa p384 = ECDsa.Create(ECCurve.NamedCurves.nistP384);
        using ECDsa p521 = ECDsa.Create(ECCurve.NamedCurves.nistP521);
        using RSA rsa = RSA.Create(2048);
        SpiffeBundle bundle = new(
            s_trustDomain,
            jwtAuthorities: [JwtAuthority.FromKey("a", p384), JwtAuthority.FromKey("b", p521), JwtAuthority.FromKey("c", rsa)]);

        SpiffeBundle read = SpiffeBundle.FromJwks(s_trustDomain, Encoding.UTF8.GetBytes(bundle.ToJwks()));

        Assert.Equal(bundle, read);
        Assert.Equal(["P-384", "P-521", null], read.JwtAuthorities.Select(authority => authority.Curve));
    }

    [Theory]
    [InlineData("""{"keys":[{"kty":"oct","kid":"x","k":"AAAA"}]}""")]
    [InlineData("""{"keys":[{"kty":"EC","kid":"x","crv":"secp256k1","x":"AAAA","y":"AAAA"}]}""")]
    [InlineData("""{"keys":[{"kty":"EC","use":"x509-svid","x":"AAAA"}]}""")]
    [InlineData("""{"keys":[],"unknown":1}""")]
    [Trait("Clause", "A-28")]
    public void Keys_of_other_types_and_uses_are_passed_over(string jwks)
    {
        Assert.Empty(SpiffeBundle.FromJwks(s_trustDomain, Encoding.UTF8.GetBytes(jwks)).JwtAuthorities);
    }

    [Theory]
    [InlineData("")]
    [InlineData("[]")]
    [InlineData("{}")]
    [InlineData("""{"keys":{}}""")]
    [InlineData("""{"keys":[],"keys":[]}""")]
    [InlineData("""{"keys":[{"kty":"EC","crv":"P-256","x":"AAAA","y":"AAAA"}]}""")]
    [InlineData("""{"keys":[{"kty":"EC","kid":"x","crv":"P-256","x":"AAAA","y":"AAAA"}]}""")]
    [InlineData("""{"keys":[{"kty":"RSA","kid":"x","n":"AQAB"}]}""")]
    [InlineData("""{"keys":[{"kty":"RSA","kid":"x","n":"AQ=","e":"AQAB"}]}""")]
    [InlineData("""{"keys":[{"kty":"RSA","kid":"x","n":"","e":"AQAB"}]}""")]
    [InlineData("""{"keys":[{"kty":"RSA","kid":"x","n":"AA","e":"AQAB"}]}""")]
    [InlineData("""{"keys":[{"kty":"RSA","kid":"x","n":"AQAB","e":""}]}""")]
    [InlineData("""{"keys":[{"kty":"RSA","kid":7}]}""")]
    [InlineData("""{"keys":[{"kty":"\ud800"}]}""")]
    [InlineData("""{"keys":[{"kty":"RSA","kid":"x","n":"\ud800","e":"AQAB"}]}""")]
    [InlineData("""{"keys":[],"\ud800":1}""")]
    public void A_broken_set_is_refused(string jwks)
    {
        SpiffeException exception = Assert.Throws<SpiffeException>(
            () => SpiffeBundle.FromJwks(s_trustDomain, Encoding.UTF8.GetBytes(jwks)));

        Assert.Equal(SpiffeErrorReason.ResponseInvalid, exception.Reason);
    }

    [Theory]
    [InlineData("1.3.132.0.10", "256k1")]
    [InlineData("1.3.132.0.33", "224")]
    [InlineData("1.3.36.3.3.2.8.1.1.7", "brainpool")]
    public void A_curve_that_JWKs_do_not_know_is_named_and_never_taken_for_another(string oid, string name)
    {
        using ECDsa key = ECDsa.Create(ECCurve.CreateFromValue(oid));
        CertificateRequest request = new("CN=Root", key, HashAlgorithmName.SHA256);
        DateTimeOffset now = DateTimeOffset.UtcNow;
        SpiffeBundle bundle = new(s_trustDomain, [request.CreateSelfSigned(now, now.AddDays(1))]);

        SpiffeException document = Assert.Throws<SpiffeException>(bundle.ToSpiffeJson);
        SpiffeException authority = Assert.Throws<SpiffeException>(() => JwtAuthority.FromKey("x", key));

        Assert.Equal(SpiffeErrorReason.BundleInvalid, document.Reason);
        Assert.Equal(SpiffeErrorReason.BundleInvalid, authority.Reason);
        Assert.Contains(name, CertificateKey.Describe(bundle.X509Authorities[0]), StringComparison.OrdinalIgnoreCase);
        Assert.NotEmpty(bundle.ToPem());
    }

    [Fact]
    public void A_set_over_the_limit_is_refused_with_the_limits_name()
    {
        byte[] jwks = Encoding.UTF8.GetBytes($$"""{"keys":[],"more":"{{new string('x', JsonWebKeySet.MaxLength)}}"}""");

        SpiffeException exception = Assert.Throws<SpiffeException>(() => SpiffeBundle.FromJwks(s_trustDomain, jwks));

        Assert.Equal(SpiffeErrorReason.ResponseInvalid, exception.Reason);
        Assert.Contains($"{JsonWebKeySet.MaxLength}", exception.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Two_keys_of_one_name_are_refused()
    {
        string key = s_key.Jwks[(s_key.Jwks.IndexOf('[', StringComparison.Ordinal) + 1)..s_key.Jwks.IndexOf(']', StringComparison.Ordinal)];

        Assert.Throws<SpiffeException>(
            () => SpiffeBundle.FromJwks(s_trustDomain, Encoding.UTF8.GetBytes($$"""{"keys":[{{key}},{{key}}]}""")));
    }
}
