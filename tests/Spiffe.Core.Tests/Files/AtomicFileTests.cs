using Spiffe.Testing;

namespace Spiffe.Tests.Files;

public sealed class AtomicFileTests : IDisposable
{
    private readonly TemporaryFolder _folder = new();

    private string Target => Path.Combine(_folder.Path, "bundle.pem");

    [Fact]
    public void A_new_file_has_its_content_and_its_mode()
    {
        Write(Target, ExistingFiles.Keep);

        Assert.Equal("new", File.ReadAllText(Target));
        AssertMode(AtomicFile.PublicMode);
        AssertAlone();
    }

    [Theory]
    [InlineData("old")]
    [InlineData("new")]
    public void A_mode_that_drifted_is_set_right(string before)
    {
        File.WriteAllText(Target, before);
        if (!OperatingSystem.IsWindows())
        {
            File.SetUnixFileMode(Target, (UnixFileMode)0b111_111_111);
        }

        Write(Target);

        Assert.Equal("new", File.ReadAllText(Target));
        AssertMode(AtomicFile.PublicMode);
        AssertAlone();
    }

    [Fact]
    public void A_file_that_is_as_it_shall_be_is_not_touched()
    {
        Write(Target);
        DateTime before = DateTime.UtcNow.AddHours(-1);
        File.SetLastWriteTimeUtc(Target, before);

        Write(Target);

        Assert.Equal(before, File.GetLastWriteTimeUtc(Target));
    }

    [Fact]
    public void A_file_that_must_not_be_overwritten_stays()
    {
        File.WriteAllText(Target, "old");

        Assert.Equal(SpiffeErrorReason.FileExists, Refusal(Target, ExistingFiles.Keep));
        Assert.Equal("old", File.ReadAllText(Target));
        AssertAlone();
    }

    [Fact]
    public void A_missing_folder_and_a_folder_as_target_are_refused()
    {
        Assert.Equal(SpiffeErrorReason.FileNotFound, Refusal(Path.Combine(_folder.Path, "none", "x")));
        Assert.Equal(SpiffeErrorReason.WriteFailed, Refusal(_folder.Path));
    }

    [Fact]
    public void A_target_may_have_the_longest_name_that_there_can_be()
    {
        string target = Path.Combine(_folder.Path, new string('x', 255));

        Write(target);

        Assert.Equal("new", File.ReadAllText(target));
    }

    [Fact]
    public void A_path_with_a_zero_character_is_refused()
    {
        Assert.Equal(SpiffeErrorReason.WriteFailed, Refusal(Target + "\0"));
        Assert.Empty(Directory.GetFileSystemEntries(_folder.Path));
    }

    [Theory]
    [InlineData("elsewhere")]
    [InlineData("nowhere")]
    public void A_link_in_place_of_the_target_is_refused(string leadsTo)
    {
        string elsewhere = _folder.Write("elsewhere", "new");
        File.CreateSymbolicLink(Target, leadsTo);

        Assert.Equal(SpiffeErrorReason.WriteFailed, Refusal(Target));
        Assert.Equal("new", File.ReadAllText(elsewhere));
        Assert.Equal(leadsTo, new FileInfo(Target).LinkTarget);
    }

    [Fact]
    public void A_link_in_place_of_the_target_is_replaced_by_force_and_what_it_points_to_stays()
    {
        string elsewhere = _folder.Write("elsewhere", "precious");
        File.CreateSymbolicLink(Target, elsewhere);

        Write(Target, ExistingFiles.ReplaceAny);

        Assert.Equal("precious", File.ReadAllText(elsewhere));
        Assert.Equal("new", File.ReadAllText(Target));
        Assert.Null(new FileInfo(Target).LinkTarget);
    }

    [Fact]
    public void A_read_only_file_is_replaced_by_force_only()
    {
        File.WriteAllText(Target, "old");
        File.SetAttributes(Target, FileAttributes.ReadOnly);

        Assert.Equal(SpiffeErrorReason.WriteFailed, Refusal(Target));
        Assert.Equal("old", File.ReadAllText(Target));
        Write(Target, ExistingFiles.ReplaceAny);
        Assert.Equal("new", File.ReadAllText(Target));
    }

    [Fact]
    public void A_file_that_shall_be_read_only_is_renewed_all_the_same()
    {
        AtomicFile.Write(Target, "old"u8.ToArray(), UnixFileMode.UserRead, ExistingFiles.Replace);
        AtomicFile.Write(Target, "new"u8.ToArray(), UnixFileMode.UserRead, ExistingFiles.Replace);

        Assert.Equal("new", File.ReadAllText(Target));
        AssertMode(UnixFileMode.UserRead);
    }

    [Fact]
    public void A_pipe_in_place_of_the_target_is_replaced_and_not_waited_for()
    {
        Assert.SkipUnless(File.Exists("/usr/bin/mkfifo"), "there is no mkfifo");
        Assert.Equal(0, Run("mkfifo", Target));

        Write(Target);

        Assert.Equal("new", File.ReadAllText(Target));
    }

    [Fact]
    public async Task A_reader_sees_one_content_or_the_other_and_is_never_locked_out()
    {
        string[] contents = [new string('a', 100_000), new string('b', 50_000)];
        using CancellationTokenSource source = CancellationTokenSource.CreateLinkedTokenSource(TestContext.Current.CancellationToken);
        File.WriteAllText(Target, contents[0]);
        Task writing = Task.Run(
            () =>
            {
                for (int i = 0; !source.IsCancellationRequested; i++)
                {
                    AtomicFile.Write(
                        Target, System.Text.Encoding.ASCII.GetBytes(contents[i % 2]), AtomicFile.PublicMode, ExistingFiles.Replace);
                }
            },
            source.Token);

        for (int i = 0; i < 500; i++)
        {
            Assert.Contains(await File.ReadAllTextAsync(Target, source.Token), contents);
        }

        await source.CancelAsync();
        await writing;
    }

    public void Dispose() => _folder.Dispose();

    private static void Write(string path, ExistingFiles existing = ExistingFiles.Replace) =>
        AtomicFile.Write(path, "new"u8.ToArray(), AtomicFile.PublicMode, existing);

    private static SpiffeErrorReason Refusal(string path, ExistingFiles existing = ExistingFiles.Replace) =>
        Assert.Throws<SpiffeException>(() => Write(path, existing)).Reason;

    private static int Run(string program, string argument) =>
        ProcessRun.StartAsync(program, [argument], TestContext.Current.CancellationToken).GetAwaiter().GetResult().ExitCode;

    private void AssertAlone() => Assert.Equal([Target], Directory.GetFileSystemEntries(_folder.Path));

    private void AssertMode(UnixFileMode expected)
    {
        if (!OperatingSystem.IsWindows())
        {
            Assert.Equal(expected, File.GetUnixFileMode(Target));
        }
    }
}
