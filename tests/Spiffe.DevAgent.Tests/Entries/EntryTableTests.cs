extern alias agent;

using agent::Spiffe.DevAgent;

namespace Spiffe.Tests.Entries;

public sealed class EntryTableTests
{
    [Theory]
    [InlineData("alice", "/user/alice")]
    [InlineData("a b@corp\\é", "/user/a-b-corp--")]
    [InlineData("..", "/user/-")]
    [InlineData("4711", "/user/4711")]
    public void A_user_name_becomes_a_path_segment(string userName, string path)
    {
        EntryTable table = Create("{}");

        Entry entry = Assert.Single(table.Select(new Caller(1, userName)));

        Assert.Equal(path, entry.SpiffeId.Path);
    }

    [Theory]
    [InlineData("unix:uid:1000", "/user /all")]
    [InlineData("unix:uid:1000 unix:gid:50", "/both /user /group /all")]
    [InlineData("unix:gid:50", "/group /all")]
    [InlineData("unix:uid:10", "/all")]
    public void A_caller_gets_the_entries_all_of_whose_selectors_it_has(string has, string paths)
    {
        EntryTable table = Create(
            """
            { "entries": [
                { "spiffeId": "spiffe://example.org/both", "selector": ["unix:uid:1000", "unix:gid:50"] },
                { "spiffeId": "spiffe://example.org/user", "selector": ["unix:uid:1000"] },
                { "spiffeId": "spiffe://example.org/group", "selector": ["unix:gid:50"] },
                { "spiffeId": "spiffe://example.org/all" } ] }
            """);
        Caller caller = new(1, "alice") { Selectors = has.Split(' ').ToHashSet() };

        Assert.Equal(paths, string.Join(' ', table.Select(caller).Select(entry => entry.SpiffeId.Path)));
    }

    [Fact]
    [Trait("Clause", "A-41")]
    public void A_caller_that_no_entry_selects_gets_nothing()
    {
        EntryTable table = Create(
            """{ "entries": [ { "spiffeId": "spiffe://example.org/web", "selector": ["unix:uid:4711"] } ] }""");

        Assert.Empty(table.Select(new Caller(1, "alice")));
    }

    private static EntryTable Create(string json)
    {
        AgentSettings settings = SettingsReader.Read(json);
        return new EntryTable(settings.TrustDomain, settings.SvidTtl, settings.Config.Entries);
    }
}
