using Spiffe.Testing;

namespace Spiffe.Tests.Files;

public sealed class LeftoverFileTests : IDisposable
{
    private const string Leftover = ".spiffe-0123456789abcdef.tmp";

    private readonly TemporaryFolder _folder = new();

    [Theory]
    [InlineData("half of a key")]
    [InlineData("")]
    public void What_a_killed_process_left_behind_is_deleted_with_the_next_write(string content)
    {
        string leftover = _folder.Write(Leftover, content);

        Write();

        Assert.False(File.Exists(leftover));
    }

    [Fact]
    public void It_is_deleted_even_when_there_is_nothing_new_to_write()
    {
        Write();
        string leftover = _folder.Write(Leftover, "half of a key");

        Write();

        Assert.False(File.Exists(leftover));
    }

    [Fact]
    public void A_file_that_is_still_being_written_stays()
    {
        using StagedFile staged = StagedFile.Create(
            new OutputFile(Path.Combine(_folder.Path, "other"), "other"u8.ToArray(), AtomicFile.PrivateMode));

        Write();
        staged.Publish(ExistingFiles.Replace);

        Assert.Equal("other", File.ReadAllText(Path.Combine(_folder.Path, "other")));
    }

    [Theory]
    [InlineData(".spiffe-0123456789ABCDEF.tmp")]
    [InlineData(".spiffe-0123456789abcdef0.tmp")]
    [InlineData(".spiffe-0123456789abcde.tmp")]
    [InlineData(".spiffe-0123456789abcdef.tmp2")]
    [InlineData("spiffe-0123456789abcdef.tmp")]
    [InlineData(".spiffe-notes.tmp")]
    public void Files_of_other_names_stay(string name)
    {
        string path = _folder.Write(name, "precious");

        Write();

        Assert.Equal("precious", File.ReadAllText(path));
    }

    [Fact]
    public void A_link_or_a_folder_of_such_a_name_stays_and_so_does_what_it_leads_to()
    {
        string precious = _folder.Write("precious", "precious");
        File.CreateSymbolicLink(Path.Combine(_folder.Path, Leftover), precious);
        Directory.CreateDirectory(Path.Combine(_folder.Path, ".spiffe-fedcba9876543210.tmp"));

        Write();

        Assert.Equal("precious", File.ReadAllText(precious));
        Assert.Equal(4, Directory.GetFileSystemEntries(_folder.Path).Length);
    }

    [Fact]
    public async Task A_pipe_of_such_a_name_is_not_waited_for()
    {
        Assert.SkipUnless(File.Exists("/usr/bin/mkfifo"), "there is no mkfifo");
        await ProcessRun.StartAsync("mkfifo", [Path.Combine(_folder.Path, Leftover)], TestContext.Current.CancellationToken);

        Write();

        Assert.True(File.Exists(Path.Combine(_folder.Path, "target")));
    }

    [Fact]
    public async Task Writers_in_one_folder_do_not_take_each_others_files_for_leftovers()
    {
        await Task.WhenAll(Enumerable.Range(0, 4).Select(writer => Task.Run(() =>
        {
            for (int i = 0; i < 100; i++)
            {
                Write($"target{writer}", $"{i}");
            }
        })));

        Assert.Equal(4, Directory.GetFileSystemEntries(_folder.Path).Length);
    }

    public void Dispose() => _folder.Dispose();

    private void Write(string name = "target", string content = "new") => AtomicFile.Write(
        Path.Combine(_folder.Path, name), System.Text.Encoding.ASCII.GetBytes(content), AtomicFile.PublicMode, ExistingFiles.Replace);
}
