extern alias agent;

using agent::Spiffe.DevAgent;

namespace Spiffe.Tests.Control;

public sealed class SettingsReaderTests
{
    [Fact]
    public void An_empty_object_has_defaults()
    {
        AgentSettings settings = SettingsReader.Read("{}");

        Assert.Null(settings.Endpoint);
        Assert.Equal("example.org", settings.TrustDomain.Name);
        Assert.Equal(TimeSpan.FromHours(1), settings.SvidTtl);
        Assert.Null(settings.Config.Entries);
    }

    [Fact]
    public void An_entry_inherits_what_it_does_not_say()
    {
        Entry entry = Assert.Single(SettingsReader.Read(
            """{ "svidTtlSec": 60, "entries": [ { "spiffeId": "spiffe://example.org/web" } ] }""").Config.Entries!);

        Assert.Equal("spiffe://example.org/web", entry.SpiffeId.ToString());
        Assert.Equal(TimeSpan.FromSeconds(60), entry.Ttl);
        Assert.Equal(KeyType.EcP256, entry.KeyType);
        Assert.Empty(entry.Hint);
    }

    [Theory]
    [InlineData(null, "JSON")]
    [InlineData("", "JSON")]
    [InlineData("null", "null")]
    [InlineData("[]", "JSON")]
    [InlineData("""{ "colour": "red" }""", "colour")]
    [InlineData("""{ "trustDomain": "a", "trustDomain": "b" }""", "trustDomain")]
    [InlineData("""{ "trustDomain": null }""", "JSON")]
    [InlineData("""{ "trustDomain": "Example.org" }""", "lower case")]
    [InlineData("""{ "endpoint": "agent.sock" }""", "agent.sock")]
    [InlineData("""{ "svidTtlSec": 1 }""", "svidTtlSec is 1; expected 2 to 86400")]
    [InlineData("""{ "svidTtlSec": 86401 }""", "svidTtlSec")]
    [InlineData("""{ "entries": [ {} ] }""", "SPIFFE ID")]
    [InlineData("""{ "entries": [ { "spiffeId": "spiffe://example.org" } ] }""", "entries[0].spiffeId")]
    [InlineData("""{ "entries": [ { "spiffeId": "spiffe://other.org/x" } ] }""", "entries[0].spiffeId")]
    [InlineData("""{ "entries": [ { "spiffeId": "spiffe://example.org/x", "selector": ["uid:0"] } ] }""", "entries[0].selector[0]")]
    [InlineData("""{ "entries": [ { "spiffeId": "spiffe://example.org/x", "selector": ["unix:uid:"] } ] }""", "entries[0].selector[0]")]
    [InlineData("""{ "entries": [ { "spiffeId": "spiffe://example.org/x", "selector": [null] } ] }""", "entries[0].selector")]
    [InlineData("""{ "entries": [ { "spiffeId": "spiffe://example.org/x", "keyType": "DSA" } ] }""", "entries[0].keyType")]
    [InlineData("""{ "entries": [ { "spiffeId": "spiffe://example.org/x", "dnsName": ["a b"] } ] }""", "entries[0].dnsName")]
    [InlineData("""{ "entries": [ { "spiffeId": "spiffe://example.org/x", "ttlSec": 0 } ] }""", "entries[0].ttlSec")]
    [InlineData("""{ "trustDomain": "" }""", "trustDomain")]
    [InlineData("""{ "endpoint": "unix://relative" }""", "endpoint")]
    [InlineData("""{ "svidTtlSec": "60" }""", "$.svidTtlSec")]
    [InlineData("""{ "entries": [ null ] }""", "entries[0]")]
    [InlineData("""{ "entries": [ { "spiffeId": "spiffe://example.org/x" }, { "spiffeId": "x" } ] }""", "entries[1].spiffeId")]
    [InlineData("""{ "entries": [ { "spiffeId": "spiffe://example.org/x", "colour": 1 } ] }""", "colour")]
    [InlineData("""{ "entries": [ { "spiffeId": "spiffe://example.org/x", "dnsName": ["ok.example", "a..b"] } ] }""", "entries[0].dnsName[1]")]
    [InlineData("""{ "entries": [ { "spiffeId": "spiffe://example.org/x", "dnsName": [null] } ] }""", "entries[0].dnsName")]
    [InlineData("""{ "entries": [ { "spiffeId": "spiffe://example.org/x", "dnsName": ["*"] } ] }""", "entries[0].dnsName[0]")]
    public void Bad_settings_are_refused_with_the_place(string? line, string word)
    {
        SettingsException exception = Assert.Throws<SettingsException>(() => SettingsReader.Read(line));

        Assert.Contains(word, exception.Message, StringComparison.Ordinal);
    }

    [Fact]
    [Trait("Clause", "ID-21")]
    public void An_ID_that_would_be_too_long_to_issue_is_refused()
    {
        string longest = "spiffe://example.org/" + new string('x', 2048 - 21);

        Assert.Single(SettingsReader.Read(WithId(longest)).Config.Entries!);
        Assert.Throws<SettingsException>(() => SettingsReader.Read(WithId(longest + "x")));
    }

    [Fact]
    [Trait("Clause", "A-39")]
    public void A_hint_has_at_most_1024_bytes()
    {
        Assert.Single(SettingsReader.Read(WithHint(new string('h', 1024))).Config.Entries!);
        Assert.Throws<SettingsException>(() => SettingsReader.Read(WithHint(new string('h', 1025))));
    }

    [Fact]
    [Trait("Clause", "A-41")]
    public void Hints_are_unique_but_for_the_empty_one()
    {
        const string Two =
            """{ "entries": [ { "spiffeId": "spiffe://example.org/a", "hint": "X" }, { "spiffeId": "spiffe://example.org/b", "hint": "X" } ] }""";

        Assert.Throws<SettingsException>(() => SettingsReader.Read(Two));
        Assert.Equal(2, SettingsReader.Read(Two.Replace("\"X\"", "\"\"", StringComparison.Ordinal)).Config.Entries!.Count);
    }

    private static string WithId(string id) => $$"""{ "entries": [ { "spiffeId": "{{id}}" } ] }""";

    private static string WithHint(string hint) =>
        $$"""{ "entries": [ { "spiffeId": "spiffe://example.org/x", "hint": "{{hint}}" } ] }""";
}
