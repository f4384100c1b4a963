using Spiffe.Testing;
using Spiffe.Tests.Hosting;

namespace Spiffe.Tests.Commands;

/// <summary>-AllowSpiffeId and -AllowTrustDomain of the cmdlets that verify: authenticated is not yet authorised.</summary>
public sealed class TestAllowedIdentityTests : CommandTest
{
    private static readonly TestSigner s_root = TestSigner.CreateRoot();
    private static readonly SpiffeBundle s_bundle = new(TrustDomain.Parse("example.org"), [s_root.Certificate]);
    private static readonly SpiffeBundle s_jwtBundle = SpiffeBundle.FromJwks(
        TrustDomain.Parse("example.org"), System.Text.Encoding.UTF8.GetBytes(JwtKey.Jwks));

    public static TheoryData<string, bool> Lists => new()
    {
        { "", true },
        { "-AllowSpiffeId spiffe://example.org/web", true },
        { "-AllowSpiffeId spiffe://example.org/other", false },
        { "-AllowSpiffeId spiffe://example.org/other, spiffe://example.org/web", true },
        { "-AllowSpiffeId @()", false },
        { "-AllowTrustDomain example.org", true },
        { "-AllowTrustDomain other.org", false },
        { "-AllowTrustDomain @()", false },
        { "-AllowTrustDomain other.org -AllowSpiffeId spiffe://example.org/web", true },
    };

    [Theory]
    [MemberData(nameof(Lists))]
    public void An_X509_SVID_must_be_on_the_list(string list, bool expected) => Assert.Equal(
        [expected],
        Session.Run($"Test-SpiffeX509Svid $args[0] -Bundle $args[1] {list}", s_root.Issue().Certificate, s_bundle).Expect<bool>());

    [Theory]
    [MemberData(nameof(Lists))]
    public void A_JWT_SVID_must_be_on_the_list(string list, bool expected) => Assert.Equal(
        [expected],
        Session.Run(
            $"Test-SpiffeJwt $args[0] -Audience orders -Bundle $args[1] {list}",
            JwtKey.Issue("spiffe://example.org/web", "orders"), s_jwtBundle).Expect<bool>());

    [Fact]
    public void Detailed_says_whom_the_list_allows()
    {
        SessionResult result = Session.Run(
            "Test-SpiffeX509Svid $args[0] -Bundle $args[1] -AllowTrustDomain other.org -Detailed | Where-Object Result -EQ Failed | ForEach-Object Clause; " +
            "(Test-SpiffeJwt $args[2] -Audience orders -Bundle $args[3] -AllowTrustDomain other.org -Detailed).FailedCheck",
            s_root.Issue().Certificate, s_bundle, JwtKey.Issue("spiffe://example.org/web", "orders"), s_jwtBundle);

        Assert.Equal(["Authorisation", "Authorisation"], result.Expect<string>());
    }
}
