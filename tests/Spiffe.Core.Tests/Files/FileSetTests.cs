using Spiffe.Testing;

namespace Spiffe.Tests.Files;

/// <summary>Several files that belong together: all of them are written, or none.</summary>
public sealed class FileSetTests : IDisposable
{
    private readonly TemporaryFolder _folder = new();

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    private IEnumerable<string> Names => Directory.GetFileSystemEntries(_folder.Path).Select(path => Path.GetFileName(path)).Order();

    [Fact]
    public void Each_file_gets_its_own_mode()
    {
        Assert.SkipWhen(OperatingSystem.IsWindows(), "Windows has no modes.");

        Write(_folder.Path, "new");

        Assert.Equal(AtomicFile.PrivateMode, new FileInfo(Path.Combine(_folder.Path, "key")).UnixFileMode);
        Assert.Equal(AtomicFile.PublicMode, new FileInfo(Path.Combine(_folder.Path, "chain")).UnixFileMode);
        Assert.Equal(["bundle", "chain", "key"], Names);
    }

    [Theory]
    [InlineData("key")]
    [InlineData("chain")]
    [InlineData("bundle")]
    public void A_link_in_place_of_any_file_keeps_all_of_them_from_being_written(string name)
    {
        Write(_folder.Path, "old");
        File.Delete(Path.Combine(_folder.Path, name));
        File.CreateSymbolicLink(Path.Combine(_folder.Path, name), "elsewhere");

        Assert.Equal(SpiffeErrorReason.WriteFailed, Refusal(_folder.Path));

        Assert.All(Names.Except([name]), other => Assert.Equal("old", File.ReadAllText(Path.Combine(_folder.Path, other))));
        Assert.Equal(3, Names.Count());
    }

    [Fact]
    public void One_file_that_must_stay_keeps_the_others_from_being_written()
    {
        _folder.Write("bundle", "old");

        Assert.Equal(SpiffeErrorReason.FileExists, Refusal(_folder.Path, ExistingFiles.Keep));

        Assert.Equal(["bundle"], Names);
        Assert.Equal("old", File.ReadAllText(Path.Combine(_folder.Path, "bundle")));
    }

    [Fact]
    public void What_was_renamed_already_is_brought_back_when_a_later_file_cannot_be_renamed()
    {
        Assert.SkipWhen(OperatingSystem.IsWindows(), "A folder is watched with Unix's renaming.");
        Write(_folder.Path, "old");
        string bundle = Path.Combine(_folder.Path, "bundle");
        OutputFile[] files = Files(_folder.Path, "new");

        // The comparison of the last file is the last moment before the first one is written.
        files[2] = files[2] with
        {
            IsSame = _ =>
            {
                File.Delete(bundle);
                Directory.CreateDirectory(bundle);
                return false;
            },
        };

        Assert.Throws<SpiffeException>(() => AtomicFile.Write(files, ExistingFiles.Replace));

        Assert.Equal("old", File.ReadAllText(Path.Combine(_folder.Path, "key")));
        Assert.Equal("old", File.ReadAllText(Path.Combine(_folder.Path, "chain")));
        Assert.Equal(AtomicFile.PrivateMode, new FileInfo(Path.Combine(_folder.Path, "key")).UnixFileMode);
        Assert.Equal(["bundle", "chain", "key"], Names);
    }

    [Fact]
    public void What_was_not_there_before_is_taken_away_when_a_later_file_cannot_be_renamed()
    {
        _folder.Write("bundle", "old");
        OutputFile[] files = Files(_folder.Path, "new");
        files[2] = files[2] with
        {
            IsSame = _ =>
            {
                File.Delete(Path.Combine(_folder.Path, "bundle"));
                Directory.CreateDirectory(Path.Combine(_folder.Path, "bundle"));
                return false;
            },
        };

        Assert.Throws<SpiffeException>(() => AtomicFile.Write(files, ExistingFiles.Replace));

        Assert.Equal(["bundle"], Names);
    }

    [Fact]
    public void A_folder_that_vanishes_meanwhile_is_reported_as_missing()
    {
        string folder = Directory.CreateDirectory(Path.Combine(_folder.Path, "short")).FullName;
        Write(folder, "old");
        OutputFile[] files = Files(folder, "new");
        files[2] = files[2] with
        {
            IsSame = _ =>
            {
                Directory.Delete(folder, recursive: true);
                return false;
            },
        };

        SpiffeException refusal = Assert.Throws<SpiffeException>(() => AtomicFile.Write(files, ExistingFiles.Replace));

        Assert.Equal(SpiffeErrorReason.FileNotFound, refusal.Reason);
        Assert.Empty(Names);
    }

    [Fact]
    public async Task A_full_disk_leaves_the_old_files_whole()
    {
        await using SmallDisk? disk = await SmallDisk.TryMountAsync(kilobytes: 32, Token);
        Assert.SkipUnless(disk is not null, "needs root, to mount a small file system");
        Write(disk.Path, "old");
        OutputFile[] files = Files(disk.Path, new string('x', 10_000));

        SpiffeException refusal = Assert.Throws<SpiffeException>(() => AtomicFile.Write(files, ExistingFiles.Replace));

        Assert.Equal(SpiffeErrorReason.WriteFailed, refusal.Reason);
        AssertOld(disk.Path);
    }

    [Fact]
    public async Task A_read_only_folder_leaves_the_old_files_whole()
    {
        // Root may write anywhere but on a file system that is read-only.
        await using SmallDisk? disk = await SmallDisk.TryMountAsync(kilobytes: 64, Token);
        Assert.SkipWhen(disk is null && Environment.UserName == "root", "root needs CAP_SYS_ADMIN, to mount a small file system");
        string folder = disk?.Path ?? _folder.Path;
        Write(folder, "old");
        if (disk is not null)
        {
            Assert.True(await disk.MakeReadOnlyAsync(Token));
        }
        else if (!OperatingSystem.IsWindows())
        {
            File.SetUnixFileMode(folder, UnixFileMode.UserRead | UnixFileMode.UserExecute);
        }

        Assert.SkipWhen(OperatingSystem.IsWindows(), "On Windows a folder is not read-only in this way.");
        Assert.Equal(SpiffeErrorReason.WriteFailed, Refusal(folder));
        AssertOld(folder);
    }

    public void Dispose()
    {
        if (!OperatingSystem.IsWindows())
        {
            File.SetUnixFileMode(_folder.Path, UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute);
        }

        _folder.Dispose();
    }

    private static OutputFile[] Files(string folder, string content)
    {
        byte[] bytes = System.Text.Encoding.ASCII.GetBytes(content);
        return
        [
            new OutputFile(Path.Combine(folder, "key"), bytes, AtomicFile.PrivateMode),
            new OutputFile(Path.Combine(folder, "chain"), bytes, AtomicFile.PublicMode),
            new OutputFile(Path.Combine(folder, "bundle"), bytes, AtomicFile.PublicMode),
        ];
    }

    private static void Write(string folder, string content) => AtomicFile.Write(Files(folder, content), ExistingFiles.Replace);

    private static SpiffeErrorReason Refusal(string folder, ExistingFiles existing = ExistingFiles.Replace) =>
        Assert.Throws<SpiffeException>(() => AtomicFile.Write(Files(folder, "new"), existing)).Reason;

    private static void AssertOld(string folder)
    {
        string[] files = Directory.GetFiles(folder);
        Assert.Equal(3, files.Length);
        Assert.All(files, path => Assert.Equal("old", File.ReadAllText(path)));
    }
}
