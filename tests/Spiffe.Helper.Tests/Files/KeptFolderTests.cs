using System.Runtime.Versioning;
using System.Text;
using Spiffe.Helper;
using Spiffe.Testing;

namespace Spiffe.Tests.Files;

/// <summary>What both kinds of folders do.</summary>
[UnsupportedOSPlatform("windows")]
public sealed class KeptFolderTests : IDisposable
{
    private const UnixFileMode KeyMode = UnixFileMode.UserRead | UnixFileMode.UserWrite;

    private readonly TemporaryFolder _folder = new();

    public KeptFolderTests() => Assert.SkipWhen(OperatingSystem.IsWindows(), "needs links and modes");

    public void Dispose() => _folder.Dispose();

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public void Files_have_their_names_contents_and_modes(bool isPlain)
    {
        using IKeptFolder folder = Open(isPlain);

        IReadOnlyList<string> changed = folder.Publish([Key("one"), Chain("one")]);

        Assert.Equal([PathOf("key"), PathOf("chain")], changed);
        Assert.Equal("one one", Read());
        Assert.Equal(KeyMode, File.GetUnixFileMode(PathOf("key")));
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public void Only_what_differs_is_new(bool isPlain)
    {
        using IKeptFolder folder = Open(isPlain);
        folder.Publish([Key("one"), Chain("one")]);
        DateTime written = File.GetLastWriteTimeUtc(PathOf("key"));

        Assert.Equal([PathOf("chain")], folder.Publish([Key("one"), Chain("two")]));
        Assert.Empty(folder.Publish([Key("one"), Chain("two")]));
        Assert.Equal("one two", Read());
        Assert.Equal(written, File.GetLastWriteTimeUtc(PathOf("key")));
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public void A_mode_that_drifted_is_set_right(bool isPlain)
    {
        using IKeptFolder folder = Open(isPlain);
        folder.Publish([Key("one"), Chain("one")]);
        File.SetUnixFileMode(PathOf("key"), KeyMode | UnixFileMode.OtherRead);

        folder.Publish([Key("one"), Chain("one")]);

        Assert.Equal(KeyMode, File.GetUnixFileMode(PathOf("key")));
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public void What_is_no_longer_written_is_deleted(bool isPlain)
    {
        using IKeptFolder folder = Open(isPlain);
        folder.Publish([Key("one"), Chain("one")]);

        folder.Publish([Chain("one")]);
        Assert.Equal(["chain"], VisibleNames());

        folder.Publish([]);
        Assert.Empty(VisibleNames());
        Assert.DoesNotContain(AllFiles(), path => new FileInfo(path).Length > 0);
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public void A_folder_is_kept_by_one_at_a_time(bool isPlain)
    {
        using (Open(isPlain))
        {
            SpiffeException refusal = Assert.Throws<SpiffeException>(() => Open(!isPlain));

            Assert.Equal(SpiffeErrorReason.HelperRunning, refusal.Reason);
        }

        Open(isPlain).Dispose();
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public void One_kind_takes_over_what_the_other_kind_left(bool isPlain)
    {
        using (IKeptFolder before = Open(!isPlain))
        {
            before.Publish([Key("one"), Chain("one")]);
        }

        using IKeptFolder folder = Open(isPlain);
        folder.Publish([Key("two"), Chain("two")]);

        Assert.Equal("two two", Read());
        Assert.Equal(isPlain, new FileInfo(PathOf("key")).LinkTarget is null);
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public void A_link_that_leads_elsewhere_is_not_followed(bool isPlain)
    {
        string elsewhere = _folder.Write("elsewhere", "kept");
        File.CreateSymbolicLink(PathOf("key"), elsewhere);
        using IKeptFolder folder = Open(isPlain);

        SpiffeException refusal = Assert.Throws<SpiffeException>(() => folder.Publish([Key("one"), Chain("one")]));

        Assert.Equal(SpiffeErrorReason.WriteFailed, refusal.Reason);
        Assert.Equal("kept", File.ReadAllText(elsewhere));
        Assert.False(File.Exists(PathOf("chain")));
    }

    [Fact]
    public void A_folder_that_is_not_there_is_not_made()
    {
        string missing = Path.Combine(_folder.Path, "missing");

        Assert.Equal(SpiffeErrorReason.FileNotFound, Assert.Throws<SpiffeException>(() => PlainFolder.Open(missing)).Reason);
        Assert.False(Directory.Exists(missing));
    }

    private IKeptFolder Open(bool isPlain) =>
        isPlain ? PlainFolder.Open(_folder.Path) : LinkedFolder.Open(_folder.Path, _ => false);

    private OutputFile Key(string text) => new(PathOf("key"), Encoding.ASCII.GetBytes(text), KeyMode);

    private OutputFile Chain(string text) => new(PathOf("chain"), Encoding.ASCII.GetBytes(text), AtomicFile.PublicMode);

    private string PathOf(string name) => Path.Combine(_folder.Path, name);

    private string Read() => $"{File.ReadAllText(PathOf("key"))} {File.ReadAllText(PathOf("chain"))}";

    private IEnumerable<string> VisibleNames() =>
        Directory.GetFileSystemEntries(_folder.Path).Select(path => Path.GetFileName(path)).Where(name => name[0] != '.').Order();

    private string[] AllFiles() => Directory.GetFiles(_folder.Path, "*", SearchOption.AllDirectories);
}
