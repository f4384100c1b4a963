using System.Text;
using Spiffe.Testing;
using Spiffe.Tests.Hosting;

namespace Spiffe.Tests.Commands;

/// <summary>Tokens verified and decoded with no agent anywhere.</summary>
public sealed class OfflineJwtTests : IDisposable
{
    private const string Web = "spiffe://example.org/web";

    private static readonly TestJwtKey s_key = new();
    private static readonly TrustDomain s_trustDomain = TrustDomain.Parse("example.org");
    private static readonly SpiffeBundle s_bundle = SpiffeBundle.FromJwks(s_trustDomain, Encoding.UTF8.GetBytes(s_key.Jwks));

    private readonly ModuleSession _session = new();

    public void Dispose() => _session.Dispose();

    [Fact]
    [Trait("Clause", "J-11")]
    public void A_token_is_tested_against_bundles_without_an_endpoint()
    {
        SpiffeBundle foreign = new(TrustDomain.Parse("other.org"));

        SessionResult result = _session.Run(
            "$t, $b = $args; Test-SpiffeJwt $t orders -Bundle $b; $t | Test-SpiffeJwt -Audience billing -Bundle $b",
            s_key.Issue(Web, "orders"), new[] { foreign, s_bundle });

        Assert.Equal([true, false], result.Expect<bool>());
    }

    [Fact]
    [Trait("Clause", "J-22")]
    public void Without_the_bundle_of_its_trust_domain_a_token_proves_nothing()
    {
        SessionResult result = _session.Run(
            "$t, $b = $args; Test-SpiffeJwt $t orders -Bundle $b; Test-SpiffeJwt $t orders -Bundle @()",
            s_key.Issue(Web, "orders"), new SpiffeBundle(s_trustDomain));

        Assert.Equal([false, false], result.Expect<bool>());
    }

    [Fact]
    public void A_refusal_says_why_and_never_the_token()
    {
        string token = s_key.Issue(Web, "orders");
        int signature = token.LastIndexOf('.') + 1;
        string tampered = $"{token[..signature]}AAAA{token[(signature + 4)..]}";

        SessionResult result = _session.Run("Test-SpiffeJwt $args[0] orders -Bundle $args[1] -Verbose", tampered, s_bundle);

        Assert.Equal([false], result.Expect<bool>());
        string line = Assert.Single(result.Verbose);
        Assert.Contains("Signature", line, StringComparison.Ordinal);
        Assert.Contains("JWT-SVID 4", line, StringComparison.Ordinal);
        Assert.DoesNotContain(tampered[signature..], line, StringComparison.Ordinal);
    }

    [Fact]
    public void Detailed_gives_a_row_for_each_rule()
    {
        JwtValidation validation = _session.Run(
            "Test-SpiffeJwt $args[0] billing -Bundle $args[1] -Detailed", s_key.Issue(Web, "orders"), s_bundle)
            .Expect<JwtValidation>()[0];

        Assert.False(validation.Valid);
        Assert.Equal("Bundle", validation.ValidatedBy);
        Assert.Equal("JWT-SVID 3.2", validation.FailedCheck);
        VerificationCheck failed = Assert.Single(validation.Checks, check => check.Result == CheckResult.Failed);
        Assert.Equal(("'orders'", "'billing'"), (failed.Found, failed.Expected));
        Assert.All(validation.Checks, check => Assert.Equal($"a token of {Web}", check.Target));
        Assert.True(validation.Checks.Count > 10);
    }

    [Theory]
    [InlineData(30, "", true)]
    [InlineData(30, "-ClockSkewSec 0", false)]
    [InlineData(90, "", false)]
    [InlineData(90, "-ClockSkewSec 120", true)]
    [Trait("Clause", "J-14")]
    public void The_clock_skew_is_a_minute_unless_it_is_given(int secondsSinceExpiry, string arguments, bool expected)
    {
        long expiry = DateTimeOffset.UtcNow.ToUnixTimeSeconds() - secondsSinceExpiry;
        string token = s_key.Sign("""{"alg":"ES256"}""", $$"""{"sub":"{{Web}}","aud":"orders","exp":{{expiry}}}""");

        Assert.Equal(
            [expected], _session.Run($"Test-SpiffeJwt $args[0] orders -Bundle $args[1] {arguments}", token, s_bundle).Expect<bool>());
    }

    [Theory]
    [InlineData("-Bundle $args[1] -ClockSkewSec 121")]
    [InlineData("-Bundle $args[1] -ClockSkewSec -1")]
    [InlineData("-Bundle $null")]
    [Trait("Clause", "J-14")]
    public void More_than_two_minutes_of_skew_and_no_bundle_at_all_are_refused(string arguments)
    {
        SessionResult result = _session.Run($"Test-SpiffeJwt $args[0] orders {arguments}", s_key.Issue(Web, "orders"), s_bundle);

        Assert.Single(result.Errors);
        Assert.Empty(result.Output);
    }

    [Fact]
    public void A_token_is_decoded_and_marked_as_unverified()
    {
        SessionResult result = _session.Run(
            "$args[0] | ConvertFrom-SpiffeJwt; [pscustomobject]@{ Token = $args[0] } | ConvertFrom-SpiffeJwt",
            s_key.Issue(Web, "orders"));

        Assert.All(result.Expect<UnverifiedJwt>(), token =>
        {
            Assert.False(token.Verified);
            Assert.StartsWith("Not verified", token.Note, StringComparison.Ordinal);
            Assert.Equal(Web, token.SpiffeId!.Text);
        });
        Assert.Equal(2, result.Output.Count);
    }

    [Fact]
    public void What_cannot_be_decoded_is_an_error_for_each_and_the_others_come_out()
    {
        SessionResult result = _session.Run(
            "'secret.part', $args[0], 'e30.MQ.' | ConvertFrom-SpiffeJwt", s_key.Issue(Web, "orders"));

        Assert.Single(result.Output);
        Assert.Equal(2, result.Errors.Count);
        Assert.All(result.Errors, error =>
        {
            Assert.StartsWith("TokenInvalid", error.FullyQualifiedErrorId, StringComparison.Ordinal);
            Assert.Null(error.TargetObject);
            Assert.DoesNotContain("secret", error.ToString(), StringComparison.Ordinal);
        });
    }
}
