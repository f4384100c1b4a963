namespace Spiffe.Tests.Identity;

public sealed class TrustDomainTests
{
    [Fact]
    [Trait("Clause", "ID-22")]
    public void Parse_accepts_255_bytes_and_no_more()
    {
        Assert.Equal(255, TrustDomain.Parse(new string('a', 255)).Name.Length);
        Assert.False(TrustDomain.TryParse(new string('a', 256), out _));
        Assert.False(SpiffeId.TryParse("spiffe://" + new string('a', 256), out _));
    }

    [Theory]
    [InlineData("")]
    [InlineData("Example.org")]
    [InlineData("spiffe://example.org")]
    [InlineData("exämple.org")]
    [InlineData("a/b")]
    [Trait("Clause", "ID-10")]
    public void Parse_rejects_characters_outside_the_set(string text)
    {
        SpiffeException exception = Assert.Throws<SpiffeException>(() => TrustDomain.Parse(text));

        Assert.Equal(SpiffeErrorReason.TrustDomainInvalid, exception.Reason);
    }

    [Fact]
    public void The_own_id_of_a_trust_domain_has_no_path()
    {
        SpiffeId id = TrustDomain.Parse("example.org").Id;

        Assert.Equal("spiffe://example.org", id.ToString());
        Assert.False(id.HasPath);
    }
}
