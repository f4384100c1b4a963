using Spiffe.Tls;

namespace Spiffe.Tests.Peers;

public sealed class PeerRuleTests
{
    private static readonly SpiffeId s_web = SpiffeId.Parse("spiffe://example.org/web");

    [Theory]
    [InlineData("spiffe://example.org/web", true)]
    [InlineData("spiffe://example.org/web/a", false)]
    [InlineData("spiffe://example.org/Web", false)]
    [InlineData("spiffe://other.org/web", false)]
    public void A_list_of_SPIFFE_IDs_allows_those_and_no_other(string spiffeId, bool expected) => Assert.Equal(
        expected, PeerRule.AllowSpiffeIds(s_web, SpiffeId.Parse("spiffe://example.org/batch")).Allows(SpiffeId.Parse(spiffeId)));

    [Fact]
    [Trait("Clause", "B-22")]
    public void A_list_of_trust_domains_allows_their_workloads_and_no_other()
    {
        PeerRule rule = PeerRule.AllowTrustDomains(TrustDomain.Parse("example.org"));

        Assert.True(rule.Allows(s_web));
        Assert.False(rule.Allows(SpiffeId.Parse("spiffe://a.example.org/web")));
    }

    [Fact]
    public void Empty_lists_and_the_rule_for_the_web_allow_no_workload()
    {
        Assert.False(PeerRule.AllowSpiffeIds().Allows(s_web));
        Assert.False(PeerRule.AllowTrustDomains().Allows(s_web));
        Assert.False(PeerRule.WebPki.Allows(s_web));
        Assert.True(PeerRule.AllowAny.Allows(s_web));
    }

    [Fact]
    public void Rules_are_equal_that_allow_the_same()
    {
        SpiffeId batch = SpiffeId.Parse("spiffe://example.org/batch");

        Assert.Equal(PeerRule.AllowSpiffeIds(s_web, batch), PeerRule.AllowSpiffeIds(batch, s_web));
        Assert.NotEqual(PeerRule.AllowSpiffeIds(s_web), PeerRule.AllowSpiffeIds(batch));
        Assert.NotEqual(PeerRule.AllowSpiffeIds(), PeerRule.AllowTrustDomains());
        Assert.NotEqual(PeerRule.AllowAny, PeerRule.WebPki);
    }
}
