using System.Text;
using System.Text.Json;
using Spiffe.Testing;

namespace Spiffe.Tests.Bundles;

public sealed class BundleDocumentReaderTests
{
    private static readonly TrustDomain s_trustDomain = TrustDomain.Parse("example.org");
    private static readonly TestAuthority s_authority = TestAuthority.Create();
    private static readonly string s_certificate = Convert.ToBase64String(s_authority.Certificate.RawData);
    private static readonly string s_jwtKey = WriteJwtKey();

    [Fact]
    [Trait("Clause", "B-3")]
    [Trait("Clause", "X-29")]
    [Trait("Clause", "X-30")]
    [Trait("Clause", "X-31")]
    [Trait("Clause", "J-21")]
    public void A_document_that_was_written_reads_back_equal()
    {
        SpiffeBundle bundle = new(
            s_trustDomain,
            [s_authority.Certificate, TestAuthority.Create(keyType: TestKeyType.Rsa2048).Certificate],
            [ReadJwtKey()],
            sequenceNumber: ulong.MaxValue,
            refreshHint: TimeSpan.FromMinutes(5));

        Assert.Equal(bundle, Read(bundle.ToSpiffeJson()));
    }

    [Theory]
    [Trait("Clause", "B-5")]
    [Trait("Clause", "B-6")]
    [InlineData("0", 0ul)]
    [InlineData("9223372036854775808", 9223372036854775808ul)]
    [InlineData("18446744073709551615", ulong.MaxValue)]
    public void A_sequence_number_has_64_bits(string number, ulong expected) =>
        Assert.Equal(expected, Read($$"""{ "keys": [], "spiffe_sequence": {{number}} }""").SequenceNumber);

    [Fact]
    [Trait("Clause", "B-7")]
    public void A_refresh_hint_is_in_seconds() =>
        Assert.Equal(TimeSpan.FromMinutes(10), Read("""{ "keys": [], "spiffe_refresh_hint": 600 }""").RefreshHint);

    [Theory]
    [Trait("Clause", "B-4")]
    [Trait("Clause", "B-10")]
    [Trait("Clause", "B-11")]
    [Trait("Clause", "X-37")]
    [Trait("Clause", "J-22")]
    [InlineData("""{ "keys": [] }""")]
    [InlineData("""{ "keys": [ { "kty": "EC" }, {} ], "colour": { "deep": [1] } }""")]
    public void A_document_without_a_usable_key_is_an_empty_bundle(string json)
    {
        SpiffeBundle bundle = Read(json);

        Assert.Empty(bundle.X509Authorities);
        Assert.Empty(bundle.JwtAuthorities);
    }

    [Theory]
    [Trait("Clause", "B-9")]
    [Trait("Clause", "B-13")]
    [Trait("Clause", "B-14")]
    [Trait("Clause", "B-15")]
    [Trait("Clause", "J-21")]
    [Trait("Clause", "X-33")]
    [Trait("Clause", "X-34")]
    [InlineData("""{ "kty": "EC", "x5c": ["CERT"] }""")]
    [InlineData("""{ "use": "x509-svid", "x5c": ["CERT"] }""")]
    [InlineData("""{ "kty": "EC", "use": "X509-SVID", "x5c": ["CERT"] }""")]
    [InlineData("""{ "kty": "EC", "use": "sig", "x5c": ["CERT"] }""")]
    [InlineData("""{ "kty": "EC", "use": "wit-svid", "x5c": ["CERT"] }""")]
    [InlineData("""{ "kty": "EC", "use": "x509-svid" }""")]
    [InlineData("""{ "kty": "EC", "use": "x509-svid", "x5c": [] }""")]
    [InlineData("""{ "kty": "OKP", "use": "jwt-svid", "kid": "k", "crv": "Ed25519", "x": "AA" }""")]
    [InlineData("""{ "kty": "oct", "use": "jwt-svid", "kid": "k", "k": "AA" }""")]
    [InlineData("""{ "kty": "FUTURE", "use": "x509-svid", "x5c": ["CERT"] }""")]
    [InlineData("""{ "kty": "oct", "use": "x509-svid", "x5c": ["CERT"] }""")]
    [InlineData("7")]
    public void An_element_of_another_type_or_use_is_passed_over_and_the_rest_kept(string element)
    {
        SpiffeBundle bundle = Read($$"""
            { "keys": [ {{element.Replace("CERT", s_certificate, StringComparison.Ordinal)}},
              { "kty": "EC", "use": "x509-svid", "x5c": ["{{s_certificate}}"] }, {{s_jwtKey}} ] }
            """);

        Assert.Single(bundle.X509Authorities);
        Assert.Single(bundle.JwtAuthorities);
    }

    [Fact]
    [Trait("Clause", "X-35")]
    [Trait("Clause", "X-36")]
    public void Of_several_certificates_in_an_element_the_first_counts_and_elements_add_up()
    {
        string other = Convert.ToBase64String(TestAuthority.Create().Certificate.RawData);

        SpiffeBundle bundle = Read($$"""
            { "keys": [ { "kty": "EC", "use": "x509-svid", "x5c": ["{{s_certificate}}", "{{other}}"] },
              { "kty": "EC", "use": "x509-svid", "x5c": ["{{other}}"] } ] }
            """);

        Assert.Equal(2, bundle.X509Authorities.Count);
        Assert.Equal(s_authority.Certificate.RawData, bundle.X509Authorities[0].RawData);
    }

    [Theory]
    [Trait("Clause", "B-8")]
    [InlineData("", "JSON")]
    [InlineData("[]", "keys")]
    [InlineData("{}", "keys")]
    [InlineData("""{ "keys": {} }""", "keys")]
    [InlineData("""{ "keys": [], "keys": [] }""", "JSON")]
    [InlineData("""{ "keys": [], "spiffe_sequence": -1 }""", "spiffe_sequence")]
    [InlineData("""{ "keys": [], "spiffe_sequence": 18446744073709551616 }""", "spiffe_sequence")]
    [InlineData("""{ "keys": [], "spiffe_sequence": 1.5 }""", "spiffe_sequence")]
    [InlineData("""{ "keys": [], "spiffe_sequence": "1" }""", "spiffe_sequence")]
    [InlineData("""{ "keys": [], "spiffe_refresh_hint": -1 }""", "spiffe_refresh_hint")]
    [InlineData("""{ "keys": [], "spiffe_refresh_hint": 9223372036854775807 }""", "spiffe_refresh_hint")]
    [InlineData("""{ "keys": [ { "kty": "EC", "use": "x509-svid", "x5c": ["AAAA"] } ] }""", "key 0")]
    [InlineData("""{ "keys": [ {}, { "kty": "EC", "use": "x509-svid", "x5c": ["%"] } ] }""", "key 1")]
    [InlineData("""{ "keys": [ { "kty": "EC", "use": "x509-svid", "x5c": [7] } ] }""", "key 0")]
    [InlineData("""{ "keys": [ { "kty": "EC", "use": "jwt-svid", "crv": "P-256" } ] }""", "kid")]
    [InlineData("""{ "keys": [ { "kty": "EC", "use": "jwt-svid", "kid": "k", "crv": "P-256", "x": "AA", "y": "AA" } ] }""", "key")]
    public void A_broken_document_is_refused_with_the_place(string json, string word)
    {
        SpiffeException exception = Assert.Throws<SpiffeException>(() => Read(json));

        Assert.Equal(SpiffeErrorReason.BundleInvalid, exception.Reason);
        Assert.Contains(word, exception.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Two_certificates_in_one_value_and_two_keys_of_one_name_are_refused()
    {
        string two = Convert.ToBase64String([.. s_authority.Certificate.RawData, .. s_authority.Certificate.RawData]);

        Assert.Throws<SpiffeException>(() => Read($$"""{ "keys": [ { "kty": "EC", "use": "x509-svid", "x5c": ["{{two}}"] } ] }"""));
        Assert.Throws<SpiffeException>(() => Read($$"""{ "keys": [ {{s_jwtKey}}, {{s_jwtKey}} ] }"""));
    }

    [Fact]
    public void A_document_over_the_limit_is_refused_with_the_limit()
    {
        string padding = new(' ', 4 * 1024 * 1024);

        SpiffeException exception = Assert.Throws<SpiffeException>(() => Read("""{ "keys": [] }""" + padding));

        Assert.Contains("4194304", exception.Message, StringComparison.Ordinal);
    }

    private static SpiffeBundle Read(string json) => SpiffeBundle.FromSpiffeJson(s_trustDomain, Encoding.UTF8.GetBytes(json));

    private static JwtAuthority ReadJwtKey() =>
        SpiffeBundle.FromJwks(s_trustDomain, Encoding.UTF8.GetBytes(new TestJwtKey().Jwks)).JwtAuthorities[0];

    private static string WriteJwtKey() => JsonElement
        .Parse(new SpiffeBundle(s_trustDomain, jwtAuthorities: [ReadJwtKey()]).ToSpiffeJson())
        .GetProperty("keys")[0]
        .ToString();
}
