namespace Spiffe.Tests.Files;

public sealed class AtomicFileTests : IDisposable
{
    private readonly DirectoryInfo _folder = Directory.CreateTempSubdirectory("spiffe-test-");

    private string Target => Path.Combine(_folder.FullName, "bundle.pem");

    [Fact]
    public void A_new_file_has_its_content_and_its_mode()
    {
        AtomicFile.Write(Target, "new"u8, AtomicFile.PublicMode, overwrite: false);

        Assert.Equal("new", File.ReadAllText(Target));
        AssertMode(AtomicFile.PublicMode);
        AssertAlone();
    }

    [Fact]
    public void A_mode_that_drifted_is_set_right()
    {
        File.WriteAllText(Target, "old");
        if (!OperatingSystem.IsWindows())
        {
            File.SetUnixFileMode(Target, (UnixFileMode)0b111_111_111);
        }

        AtomicFile.Write(Target, "new"u8, AtomicFile.PublicMode, overwrite: true);

        Assert.Equal("new", File.ReadAllText(Target));
        AssertMode(AtomicFile.PublicMode);
        AssertAlone();
    }

    [Fact]
    public void A_file_that_must_not_be_overwritten_stays()
    {
        File.WriteAllText(Target, "old");

        Assert.Equal(SpiffeErrorReason.FileExists, Refusal(Target, overwrite: false));
        Assert.Equal("old", File.ReadAllText(Target));
        AssertAlone();
    }

    [Fact]
    public void A_missing_folder_and_a_folder_as_target_are_refused()
    {
        Assert.Equal(SpiffeErrorReason.FileNotFound, Refusal(Path.Combine(_folder.FullName, "none", "x"), overwrite: true));
        Assert.Equal(SpiffeErrorReason.WriteFailed, Refusal(_folder.FullName, overwrite: true));
    }

    [Fact]
    public void A_target_may_have_the_longest_name_that_there_can_be()
    {
        string target = Path.Combine(_folder.FullName, new string('x', 255));

        AtomicFile.Write(target, "new"u8, AtomicFile.PublicMode, overwrite: true);

        Assert.Equal("new", File.ReadAllText(target));
    }

    [Fact]
    public void A_path_with_a_zero_character_is_refused()
    {
        Assert.Equal(SpiffeErrorReason.WriteFailed, Refusal(Target + "\0", overwrite: true));
        Assert.Empty(Directory.GetFileSystemEntries(_folder.FullName));
    }

    [Fact]
    public void A_link_in_place_of_the_target_is_replaced_and_what_it_points_to_stays()
    {
        string elsewhere = Path.Combine(_folder.FullName, "elsewhere");
        File.WriteAllText(elsewhere, "precious");
        File.CreateSymbolicLink(Target, elsewhere);

        AtomicFile.Write(Target, "new"u8, AtomicFile.PublicMode, overwrite: true);

        Assert.Equal("precious", File.ReadAllText(elsewhere));
        Assert.Equal("new", File.ReadAllText(Target));
        Assert.Null(new FileInfo(Target).LinkTarget);
    }

    public void Dispose() => _folder.Delete(recursive: true);

    private static SpiffeErrorReason Refusal(string path, bool overwrite) => Assert.Throws<SpiffeException>(
        () => AtomicFile.Write(path, "new"u8, AtomicFile.PublicMode, overwrite)).Reason;

    private void AssertAlone() => Assert.Equal([Target], Directory.GetFileSystemEntries(_folder.FullName));

    private void AssertMode(UnixFileMode expected)
    {
        if (!OperatingSystem.IsWindows())
        {
            Assert.Equal(expected, File.GetUnixFileMode(Target));
        }
    }
}
