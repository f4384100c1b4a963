namespace Spiffe.Tests.Identity;

public sealed class SpiffeIdTests
{
    [Theory]
    [InlineData("spiffe://example.org/web/api", "example.org", "/web/api")]
    [InlineData("spiffe://example.org", "example.org", "")]
    [InlineData("spiffe://10.0.0.1/a", "10.0.0.1", "/a")]
    [InlineData("spiffe://a..b/x", "a..b", "/x")]
    [InlineData("spiffe://-a_./.../.a/..a", "-a_.", "/.../.a/..a")]
    [InlineData("spiffe://td/A-Z_0.9", "td", "/A-Z_0.9")]
    [Trait("Clause", "ID-13")]
    [Trait("Clause", "ID-16")]
    [Trait("Clause", "ID-19")]
    public void Parse_keeps_every_byte(string text, string trustDomain, string path)
    {
        SpiffeId id = SpiffeId.Parse(text);

        Assert.Equal(text, id.ToString());
        Assert.Equal(trustDomain, id.TrustDomain.Name);
        Assert.Equal(path, id.Path);
        Assert.Equal(path.Length > 0, id.HasPath);
    }

    [Theory]
    [InlineData("ID-1", "")]
    [InlineData("ID-1", "example.org/x")]
    [InlineData("ID-1", "http://example.org/x")]
    [InlineData("ID-1", "spiffe:x")]
    [InlineData("ID-1", "spiffe:/example.org/x")]
    [InlineData("ID-2", "spiffe://")]
    [InlineData("ID-3", "spiffe://td/x?")]
    [InlineData("ID-3", "spiffe://td?x")]
    [InlineData("ID-4", "spiffe://td/x#")]
    [InlineData("ID-5", "spiffe://td/a b")]
    [InlineData("ID-5", "spiffe://td/a\\b")]
    [InlineData("ID-5", "spiffe://td/ä")]
    [InlineData("ID-5", "spiffe://td/a\n")]
    [InlineData("ID-5", " spiffe://td/a")]
    [InlineData("ID-6", "spiffe:///x")]
    [InlineData("ID-7", "spiffe://u@td/x")]
    [InlineData("ID-7", "spiffe://@td/x")]
    [InlineData("ID-8", "spiffe://td:80/x")]
    [InlineData("ID-8", "spiffe://td:/x")]
    [InlineData("ID-9", "spiffe://Example.org/x")]
    [InlineData("ID-11", "spiffe://t%64/x")]
    [InlineData("ID-12", "spiffe://[::1]/x")]
    [InlineData("ID-14", "spiffe://td/%61")]
    [InlineData("ID-15", "spiffe://td//x")]
    [InlineData("ID-15", "spiffe://td/x//y")]
    [InlineData("ID-16", "spiffe://td/.")]
    [InlineData("ID-16", "spiffe://td/a/../b")]
    [InlineData("ID-17", "spiffe://td/")]
    [InlineData("ID-17", "spiffe://td/x/")]
    [InlineData("ID-18", "spiffe://td/a:b")]
    [InlineData("ID-23", "SPIFFE://td/x")]
    [Trait("Clause", "ID-1")]
    [Trait("Clause", "ID-2")]
    [Trait("Clause", "ID-3")]
    [Trait("Clause", "ID-4")]
    [Trait("Clause", "ID-5")]
    [Trait("Clause", "ID-6")]
    [Trait("Clause", "ID-7")]
    [Trait("Clause", "ID-8")]
    [Trait("Clause", "ID-9")]
    [Trait("Clause", "ID-11")]
    [Trait("Clause", "ID-12")]
    [Trait("Clause", "ID-14")]
    [Trait("Clause", "ID-15")]
    [Trait("Clause", "ID-16")]
    [Trait("Clause", "ID-17")]
    [Trait("Clause", "ID-18")]
    [Trait("Clause", "ID-23")]
    public void Parse_refuses_what_the_standard_does_not_allow(string clause, string text)
    {
        SpiffeException exception = Assert.Throws<SpiffeException>(() => SpiffeId.Parse(text));

        Assert.Equal(SpiffeErrorReason.SpiffeIdInvalid, exception.Reason);
        Assert.False(SpiffeId.TryParse(text, out _), clause);
    }

    [Fact]
    [Trait("Clause", "ID-20")]
    public void Parse_accepts_2048_bytes_and_no_more()
    {
        string longest = "spiffe://td/" + new string('a', 2048 - "spiffe://td/".Length);

        Assert.Equal(2048, SpiffeId.Parse(longest).ToString().Length);
        Assert.False(SpiffeId.TryParse(longest + "a", out _));
    }

    [Fact]
    [Trait("Clause", "ID-24")]
    public void Equality_is_byte_for_byte()
    {
        Assert.Equal(SpiffeId.Parse("spiffe://td/a"), SpiffeId.Parse("spiffe://td/a"));
        Assert.NotEqual(SpiffeId.Parse("spiffe://td/a"), SpiffeId.Parse("spiffe://td/A"));
        Assert.True(SpiffeId.Parse("spiffe://td/a") == SpiffeId.Parse("spiffe://td/a"));
        Assert.True(SpiffeId.Parse("spiffe://td/a").CompareTo(SpiffeId.Parse("spiffe://td/b")) < 0);
    }

    [Fact]
    public void A_message_never_carries_control_characters_or_endless_text()
    {
        SpiffeException exception =
            Assert.Throws<SpiffeException>(() => SpiffeId.Parse("spiffe://td/\u001b[2J" + new string('x', 1500)));

        Assert.DoesNotContain('\u001b', exception.Message);
        Assert.True(exception.Message.Length < 400);
    }

    [Fact]
    public void FromPath_puts_an_id_together()
    {
        TrustDomain trustDomain = TrustDomain.Parse("example.org");

        Assert.Equal("spiffe://example.org/a/b", SpiffeId.FromPath(trustDomain, "/a/b").ToString());
        Assert.Equal(trustDomain.Id, SpiffeId.FromPath(trustDomain, ""));
        Assert.True(SpiffeId.FromPath(trustDomain, "/a").IsMemberOf(trustDomain));
        Assert.Throws<SpiffeException>(() => SpiffeId.FromPath(trustDomain, "a"));
    }
}
