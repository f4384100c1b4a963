using System.Management.Automation;
using Spiffe.Testing;
using Spiffe.Tests.Hosting;

namespace Spiffe.Tests.Commands;

public sealed class SpiffeIdCommandTests : IDisposable
{
    private readonly ModuleSession _session = new();

    public void Dispose() => _session.Dispose();

    [Fact]
    [Trait("Clause", "ID-29")]
    public void Text_becomes_an_ID_with_its_trust_domain()
    {
        SpiffeId id = _session.Run("'spiffe://example.org/web' | ConvertTo-SpiffeId").Expect<SpiffeId>()[0];

        Assert.Equal("spiffe://example.org/web", id.Text);
        Assert.Equal("example.org", id.TrustDomain.Name);
    }

    [Fact]
    [Trait("Clause", "ID-21")]
    [Trait("Clause", "ID-20")]
    public void Parts_become_an_ID_of_at_most_2048_bytes()
    {
        Assert.Equal(
            "spiffe://example.org/a/b",
            _session.Run("ConvertTo-SpiffeId -TrustDomain example.org -Path /a/b").Expect<SpiffeId>()[0].Text);
        Assert.Equal(
            "spiffe://example.org", _session.Run("ConvertTo-SpiffeId -TrustDomain example.org").Expect<SpiffeId>()[0].Text);
        _session.Run("ConvertTo-SpiffeId -TrustDomain example.org -Path ('/' + 'a' * 2048)")
            .ExpectError("SpiffeIdInvalid", ErrorCategory.InvalidArgument);
    }

    [Fact]
    [Trait("Clause", "ID-23")]
    public void Upper_case_is_an_error_unless_it_is_normalized()
    {
        ErrorRecord error = _session.Run("ConvertTo-SpiffeId 'spiffe://Example.org/Web'")
            .ExpectError("SpiffeIdInvalid", ErrorCategory.InvalidArgument);

        Assert.Contains("lower case", error.ToString(), StringComparison.Ordinal);
        Assert.Equal(
            "spiffe://example.org/Web",
            _session.Run("ConvertTo-SpiffeId 'SPIFFE://Example.org/Web' -Normalize").Expect<SpiffeId>()[0].Text);
    }

    [Fact]
    public void A_certificate_gives_the_one_URI_that_it_names()
    {
        TestSigner root = TestSigner.CreateRoot();
        object two = root.Issue(extensions: [TestExtensions.Uris("spiffe://a/b", "spiffe://a/c")]).Certificate;

        Assert.Equal(
            "spiffe://example.org/web",
            _session.Run("$args[0] | ConvertTo-SpiffeId", root.Issue().Certificate).Expect<SpiffeId>()[0].Text);
        _session.Run("$args[0] | ConvertTo-SpiffeId", two).ExpectError("SpiffeIdInvalid", ErrorCategory.InvalidArgument);
    }

    [Theory]
    [InlineData("[pscustomobject]@{ SpiffeId = 'spiffe://a/b' } | ConvertTo-SpiffeId")]
    [InlineData("[pscustomobject]@{ SpiffeId = [Spiffe.SpiffeId]'spiffe://a/b' } | ConvertTo-SpiffeId")]
    [InlineData("ConvertTo-SpiffeId ([pscustomobject]@{ SpiffeId = 'spiffe://a/b' })")]
    public void What_has_an_ID_gives_it(string script) =>
        Assert.Equal("spiffe://a/b", _session.Run(script).Expect<SpiffeId>().Single().Text);

    [Fact]
    public void An_object_that_has_none_is_refused_and_not_read_as_text() => _session
        .Run("[System.IO.FileInfo]'/tmp/x' | ConvertTo-SpiffeId").ExpectError("SpiffeIdInvalid", ErrorCategory.InvalidArgument);

    [Theory]
    [InlineData("[Spiffe.SpiffeId]'spiffe://td/a' -lt [Spiffe.SpiffeId]'spiffe://td/B'", false)]
    [InlineData("[Spiffe.SpiffeId]'spiffe://td/a' -gt [Spiffe.SpiffeId]'spiffe://td/B'", true)]
    [InlineData("[Spiffe.SpiffeId]'spiffe://td/b' -eq [Spiffe.SpiffeId]'spiffe://td/B'", false)]
    [InlineData("[Spiffe.SpiffeId]'spiffe://td/b' -eq 'spiffe://td/B'", false)]
    [InlineData("[Spiffe.SpiffeId]'spiffe://td/b' -in @([Spiffe.SpiffeId]'spiffe://td/B')", false)]
    [InlineData("@{ ([Spiffe.SpiffeId]'spiffe://td/b') = 1 }.ContainsKey([Spiffe.SpiffeId]'spiffe://td/B')", false)]
    [InlineData("@{ ([Spiffe.SpiffeId]'spiffe://td/b') = 1 }.ContainsKey([Spiffe.SpiffeId]'spiffe://td/b')", true)]
    [InlineData("[Spiffe.TrustDomain]'a.org' -lt [Spiffe.TrustDomain]'b.org'", true)]
    [InlineData("[Spiffe.TrustDomain]'a.org' -eq 'a.org'", true)]
    [Trait("Clause", "ID-24")]
    public void Operators_compare_bytes(string script, bool expected) => Assert.Equal([expected], _session.Run(script).Expect<bool>());

    [Fact]
    public void One_bad_text_does_not_keep_the_others_from_coming_out()
    {
        SessionResult result = _session.Run("'spiffe://a/b', 'x', '', 'spiffe://a/c' | ConvertTo-SpiffeId");

        Assert.Equal(["spiffe://a/b", "spiffe://a/c"], result.Output.Select(id => id.ToString()));
        Assert.Equal(2, result.Errors.Count);
    }

    [Theory]
    [InlineData("'spiffe://example.org/web'", true)]
    [InlineData("'spiffe://Example.org/web'", false)]
    [InlineData("''", false)]
    [InlineData("$null", false)]
    [InlineData("7", false)]
    [InlineData("([System.Version]'1.2')", false)]
    [InlineData("([Spiffe.TrustDomain]'example.org')", true)]
    [InlineData("'SPIFFE://Example.org/web' -Normalize", true)]
    public void Test_answers_with_a_boolean(string argument, bool expected) =>
        Assert.Equal([expected], _session.Run($"Test-SpiffeId {argument}").Expect<bool>());

    [Fact]
    public void Verbose_says_what_was_found_and_what_is_allowed()
    {
        SessionResult result = _session.Run("Test-SpiffeId 'spiffe://td/a b' -Verbose");

        Assert.Contains(result.Verbose, line => line.Contains("' '", StringComparison.Ordinal));
    }
}
