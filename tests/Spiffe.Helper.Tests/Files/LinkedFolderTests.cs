using System.Runtime.Versioning;
using System.Text;
using Spiffe.Helper;
using Spiffe.Testing;

namespace Spiffe.Tests.Files;

[UnsupportedOSPlatform("windows")]
public sealed class LinkedFolderTests : IDisposable
{
    private readonly TemporaryFolder _folder = new();

    public LinkedFolderTests() => Assert.SkipWhen(OperatingSystem.IsWindows(), "needs links");

    public void Dispose() => _folder.Dispose();

    [Fact]
    public void Names_are_links_into_the_generation_that_counts()
    {
        using LinkedFolder folder = Open();
        folder.Publish([File("key", "one"), File("chain", "one")]);

        Assert.Equal(".spiffe-helper/key", new FileInfo(PathOf("key")).LinkTarget);
        Assert.Equal(["chain", "key"], NamesIn(PathOf(".spiffe-helper")));
    }

    [Fact]
    public async Task A_reader_that_stays_with_one_generation_never_finds_a_mixed_set()
    {
        using LinkedFolder folder = Open();
        folder.Publish([File("key", "0"), File("chain", "0")]);
        using CancellationTokenSource end = new();
        Task<int> reading = Task.Run(() => ReadUntil(end.Token), TestContext.Current.CancellationToken);

        for (int i = 1; i <= 300; i++)
        {
            folder.Publish([File("key", $"{i}"), File("chain", $"{i}")]);
        }

        await end.CancelAsync();
        Assert.True(await reading > 0);
    }

    [Fact]
    public void Files_of_another_program_become_links_without_a_moment_in_between()
    {
        _folder.Write("key", "old");
        _folder.Write("chain", "old");
        using LinkedFolder folder = Open();

        // The first write does not succeed: what is there stays as it is.
        Assert.Throws<SpiffeException>(() => folder.Publish([File("key", "new"), File("missing/chain", "new")]));
        Assert.Equal("old old", Read());

        folder.Publish([File("key", "new"), File("chain", "new")]);
        Assert.Equal("new new", Read());
        Assert.Equal(["chain", "key"], VisibleNames());
    }

    [Fact]
    public void What_a_killed_run_left_behind_is_gone_at_the_next_start()
    {
        using (LinkedFolder before = Open())
        {
            before.Publish([File("key", "one")]);
        }

        string left = Directory.CreateDirectory(PathOf(".spiffe-helper-0123456789abcdef")).FullName;
        System.IO.File.WriteAllText(Path.Combine(left, "key"), "half");
        System.IO.File.CreateSymbolicLink(PathOf(".spiffe-helper-fedcba9876543210"), ".spiffe-helper-0123456789abcdef");
        string other = Directory.CreateDirectory(PathOf(".spiffe-helper-of-someone-else")).FullName;

        using LinkedFolder folder = Open();

        Assert.False(Directory.Exists(left));
        Assert.Null(new FileInfo(PathOf(".spiffe-helper-fedcba9876543210")).LinkTarget);
        Assert.True(Directory.Exists(other));
        Assert.Equal("one", System.IO.File.ReadAllText(PathOf("key")));
    }

    [Fact]
    public void Names_of_an_earlier_run_stay_unless_they_are_obsolete()
    {
        using (LinkedFolder before = Open())
        {
            before.Publish([File("key", "one"), File("other", "kept"), File("obsolete", "old")]);
        }

        using LinkedFolder folder = Open();
        folder.Publish([File("key", "two")]);

        Assert.Equal(["key", "other"], VisibleNames());
        Assert.Equal("kept", System.IO.File.ReadAllText(PathOf("other")));
    }

    [Fact]
    public void A_file_keeps_its_owner()
    {
        Assert.SkipUnless(ThisAccount.Name == "root", "needs root");
        using LinkedFolder folder = Open();
        folder.Publish([File("key", "one")]);
        using (System.Diagnostics.Process chown = System.Diagnostics.Process.Start("chown", ["nobody", PathOf("key")]))
        {
            chown.WaitForExit();
        }

        folder.Publish([File("key", "two")]);

        using System.Diagnostics.Process stat = System.Diagnostics.Process.Start(
            new System.Diagnostics.ProcessStartInfo("stat", ["-L", "-c", "%U", PathOf("key")]) { RedirectStandardOutput = true })!;
        Assert.Equal("nobody", stat.StandardOutput.ReadToEnd().Trim());
    }

    [Fact]
    public void Two_generations_are_there_at_most()
    {
        using LinkedFolder folder = Open();
        for (int i = 0; i < 5; i++)
        {
            folder.Publish([File("key", $"{i}")]);
        }

        Assert.Equal(2, Directory.GetDirectories(_folder.Path, ".spiffe-helper-*").Length);
    }

    [Fact]
    public void A_link_of_someone_else_in_the_helpers_place_is_refused()
    {
        System.IO.File.CreateSymbolicLink(PathOf(".spiffe-helper"), "/tmp");

        Assert.Equal(SpiffeErrorReason.WriteFailed, Assert.Throws<SpiffeException>(Open).Reason);
        using FileStream free = KeptFolderLock.Take(_folder.Path);
    }

    [Fact]
    public void A_link_in_the_place_of_the_lock_creates_nothing_elsewhere()
    {
        string elsewhere = _folder.Path + "/elsewhere";
        System.IO.File.CreateSymbolicLink(_folder.Path + "/.spiffe-helper.lock", elsewhere);

        Assert.Equal(SpiffeErrorReason.WriteFailed, Assert.Throws<SpiffeException>(Open).Reason);

        Assert.False(System.IO.File.Exists(elsewhere));
    }

    [Fact]
    public void A_link_in_the_place_of_a_new_folder_leaves_the_mode_of_its_target_alone()
    {
        string target = Directory.CreateDirectory(_folder.Path + "/target", UnixFileMode.UserRead).FullName;
        System.IO.File.CreateSymbolicLink(_folder.Path + "/link", target);

        Assert.Throws<IOException>(() => UnixFile.WidenFolder(_folder.Path + "/link", UnixFileMode.OtherRead));
        UnixFile.WidenFolder(target, UnixFileMode.UserExecute);

        Assert.Equal(UnixFileMode.UserRead | UnixFileMode.UserExecute, System.IO.File.GetUnixFileMode(target));
    }

    private LinkedFolder Open() => LinkedFolder.Open(_folder.Path, name => name == "obsolete");

    private OutputFile File(string name, string text) => new(PathOf(name), Encoding.ASCII.GetBytes(text), AtomicFile.PublicMode);

    private string PathOf(string name) => Path.Combine(_folder.Path, name);

    private string Read() => $"{System.IO.File.ReadAllText(PathOf("key"))} {System.IO.File.ReadAllText(PathOf("chain"))}";

    private int ReadUntil(CancellationToken end)
    {
        int count = 0;
        while (!end.IsCancellationRequested)
        {
            string generation = PathOf(new FileInfo(PathOf(".spiffe-helper")).LinkTarget!);
            try
            {
                string key = System.IO.File.ReadAllText(Path.Combine(generation, "key"));
                Assert.Equal(key, System.IO.File.ReadAllText(Path.Combine(generation, "chain")));
                count++;
            }
            catch (IOException) when (generation != PathOf(new FileInfo(PathOf(".spiffe-helper")).LinkTarget!))
            {
                // Two updates have come in between.
            }
        }

        return count;
    }

    private static IEnumerable<string> NamesIn(string folder) =>
        Directory.GetFileSystemEntries(folder).Select(path => Path.GetFileName(path)).Order();

    private IEnumerable<string> VisibleNames() => NamesIn(_folder.Path).Where(name => name[0] != '.');
}
