namespace Spiffe.Tests.Identity;

public sealed class SpiffeIdRuleTests
{
    private const string TrustDomainCharacters = "abcdefghijklmnopqrstuvwxyz0123456789.-_";
    private const string SegmentCharacters = TrustDomainCharacters + "ABCDEFGHIJKLMNOPQRSTUVWXYZ";

    [Theory]
    [InlineData("ID-1", "spiffe://td/x")]
    [InlineData("ID-2", "spiffe://t")]
    [InlineData("ID-6", "spiffe://t/x")]
    [InlineData("ID-9", "spiffe://example.org/Upper.Case")]
    [InlineData("ID-12", "spiffe://192.0.2.255/x")]
    [InlineData("ID-12", "spiffe://999.0.0.01/x")]
    [InlineData("ID-13", "spiffe://xn--0.-/x")]
    [InlineData("ID-13", "spiffe://a..b./x")]
    [InlineData("ID-13", "spiffe://_/x")]
    [InlineData("ID-15", "spiffe://td/a/b/c")]
    [InlineData("ID-16", "spiffe://td/..a/.a/.../a./a..")]
    [InlineData("ID-17", "spiffe://td/x")]
    [InlineData("ID-19", "spiffe://td")]
    [Trait("Clause", "ID-1")]
    [Trait("Clause", "ID-2")]
    [Trait("Clause", "ID-6")]
    [Trait("Clause", "ID-9")]
    [Trait("Clause", "ID-12")]
    [Trait("Clause", "ID-13")]
    [Trait("Clause", "ID-15")]
    [Trait("Clause", "ID-16")]
    [Trait("Clause", "ID-17")]
    [Trait("Clause", "ID-19")]
    public void What_the_standard_allows_is_read(string clause, string text) =>
        Assert.True(SpiffeId.TryParse(text, out SpiffeId? id) && id.ToString() == text, clause);

    [Fact]
    [Trait("Clause", "ID-5")]
    [Trait("Clause", "ID-7")]
    [Trait("Clause", "ID-8")]
    [Trait("Clause", "ID-9")]
    [Trait("Clause", "ID-10")]
    [Trait("Clause", "ID-11")]
    [Trait("Clause", "ID-12")]
    public void A_trust_domain_takes_39_characters_and_no_other() =>
        Assert.Equal(
            Sorted(TrustDomainCharacters), AllCharacters().Where(c => SpiffeId.TryParse($"spiffe://a{c}b", out SpiffeId? id) && !id.HasPath));

    [Fact]
    [Trait("Clause", "ID-3")]
    [Trait("Clause", "ID-4")]
    [Trait("Clause", "ID-5")]
    [Trait("Clause", "ID-14")]
    [Trait("Clause", "ID-18")]
    public void A_segment_takes_65_characters_and_no_other() =>
        Assert.Equal(
            Sorted(SegmentCharacters + "/"), AllCharacters().Where(c => SpiffeId.TryParse($"spiffe://td/a{c}b", out _)));

    [Fact]
    [Trait("Clause", "ID-24")]
    public void Nothing_but_the_same_bytes_is_the_same_ID()
    {
        SpiffeId id = SpiffeId.Parse("spiffe://td/web");

        Assert.False(id.IsMemberOf(TrustDomain.Parse("td.")));
        Assert.NotEqual(id, SpiffeId.Parse("spiffe://td/Web"));
        Assert.NotEqual(id, SpiffeId.Parse("spiffe://td/web."));
        Assert.Equal(id.GetHashCode(), SpiffeId.Parse("spiffe://td/web").GetHashCode());
    }

    [Theory]
    [InlineData("ID-20", 2048, true)]
    [InlineData("ID-20", 2049, false)]
    [InlineData("ID-20", 100_000, false)]
    [InlineData("ID-21", 2049, false)]
    [Trait("Clause", "ID-20")]
    [Trait("Clause", "ID-21")]
    public void An_ID_put_together_has_at_most_2048_bytes(string clause, int length, bool isAllowed)
    {
        TrustDomain trustDomain = TrustDomain.Parse("td");
        string path = "/" + new string('a', length - "spiffe://td/".Length);

        Exception? refusal = Record.Exception(() => SpiffeId.FromPath(trustDomain, path));

        Assert.True(isAllowed ? refusal is null : refusal is SpiffeException, clause);
    }

    [Theory]
    [InlineData(255, true)]
    [InlineData(256, false)]
    [Trait("Clause", "ID-22")]
    public void A_trust_domain_in_an_ID_has_at_most_255_bytes(int length, bool isAllowed) =>
        Assert.Equal(isAllowed, SpiffeId.TryParse("spiffe://" + new string('a', length) + "/x", out _));

    [Theory]
    [InlineData("SPIFFE://td/x")]
    [InlineData("Spiffe://td/x")]
    [InlineData("spiffe://TD/x")]
    [Trait("Clause", "ID-23")]
    public void Upper_case_is_refused_with_the_way_to_write_it(string text)
    {
        SpiffeException exception = Assert.Throws<SpiffeException>(() => SpiffeId.Parse(text));

        Assert.Contains("lower case", exception.Message, StringComparison.Ordinal);
    }

    [Fact]
    [Trait("Clause", "ID-29")]
    public void An_ID_names_its_trust_domain()
    {
        SpiffeId id = SpiffeId.Parse("spiffe://example.org/web");

        Assert.Equal(TrustDomain.Parse("example.org"), id.TrustDomain);
        Assert.True(id.IsMemberOf(id.TrustDomain));
        Assert.False(id.IsMemberOf(TrustDomain.Parse("example.com")));
    }

    private static IEnumerable<char> AllCharacters() => Enumerable.Range(0, char.MaxValue + 1).Select(code => (char)code);

    private static IEnumerable<char> Sorted(string characters) => characters.Order();
}
