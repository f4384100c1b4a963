extern alias agent;

using agent::Spiffe.DevAgent;

namespace Spiffe.Tests.Federation;

public sealed class FollowedFileTests : IDisposable
{
    private readonly DirectoryInfo _folder = Directory.CreateTempSubdirectory("spiffe-test-");

    private string FilePath => Path.Combine(_folder.FullName, "file");

    public void Dispose() => _folder.Delete(recursive: true);

    [Fact]
    public void A_file_counts_as_changed_when_it_is_written_replaced_or_removed_and_only_then()
    {
        FollowedFile file = new(FilePath);
        Assert.True(file.HasChanged());
        Assert.False(file.HasChanged());

        File.WriteAllText(FilePath, "a");
        Assert.True(file.HasChanged());
        Assert.False(file.HasChanged());

        File.WriteAllText(FilePath, "longer");
        Assert.True(file.HasChanged());

        File.Delete(FilePath);
        Assert.True(file.HasChanged());
        Assert.False(file.HasChanged());
    }

    [Fact]
    public void A_change_behind_a_link_is_seen()
    {
        string first = Path.Combine(_folder.FullName, "first");
        string second = Path.Combine(_folder.FullName, "second");
        File.WriteAllText(first, "one");
        File.WriteAllText(second, "the other");
        File.CreateSymbolicLink(FilePath, first);
        FollowedFile file = new(FilePath);
        file.HasChanged();

        File.WriteAllText(first, "changed");
        Assert.True(file.HasChanged());
        File.Delete(FilePath);
        File.CreateSymbolicLink(FilePath, second);

        Assert.True(file.HasChanged());
    }

    [Fact]
    public void A_link_that_leads_to_itself_is_a_file_that_is_not_there()
    {
        File.CreateSymbolicLink(FilePath, FilePath);
        FollowedFile file = new(FilePath);

        Assert.True(file.HasChanged());
        Assert.False(file.HasChanged());
    }
}
