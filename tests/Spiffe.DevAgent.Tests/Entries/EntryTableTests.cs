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
        EntryTable table = new(SettingsReader.Read("{}"));

        Entry entry = Assert.Single(table.Select(new Caller(1, 2, 3, userName)));

        Assert.Equal(path, entry.SpiffeId.Path);
    }
}
