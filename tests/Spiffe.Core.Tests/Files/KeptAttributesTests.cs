using System.Runtime.InteropServices;
using System.Runtime.Versioning;
using Spiffe.Testing;

namespace Spiffe.Tests.Files;

/// <summary>A file that takes the place of another is as if that one had been written in place.</summary>
[SupportedOSPlatform("linux")]
public sealed class KeptAttributesTests : IDisposable
{
    private const uint Service = 31_001;
    private const uint ServiceGroup = 31_002;
    private const UnixFileMode GroupMode = AtomicFile.PrivateMode | UnixFileMode.GroupRead;

    private readonly TemporaryFolder _folder = new();

    public KeptAttributesTests()
    {
        Assert.SkipUnless(OperatingSystem.IsLinux(), "owners are looked at on Linux");
        Assert.SkipUnless(ThisAccount.Name == "root", "needs root, to give files away");
    }

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    private string Key => Path.Combine(_folder.Path, "key");

    [Theory]
    [InlineData("old")]
    [InlineData("new")]
    public void Owner_and_group_stay(string before)
    {
        WriteAs(new FileOwner(Service, ServiceGroup), before);

        Write(new OutputFile(Key, "new"u8.ToArray(), AtomicFile.PrivateMode));

        Assert.Equal("new", File.ReadAllText(Key));
        Assert.Equal(new FileOwner(Service, ServiceGroup), UnixFile.FindOwner(Key));
        Assert.Equal(AtomicFile.PrivateMode, File.GetUnixFileMode(Key));
    }

    [Theory]
    [InlineData("old")]
    [InlineData("new")]
    [InlineData(null)]
    public void Those_that_are_asked_for_are_given(string? before)
    {
        if (before is not null)
        {
            WriteAs(new FileOwner(7, 7), before);
        }

        Write(new OutputFile(Key, "new"u8.ToArray(), GroupMode) { Owner = new FileOwner(Service, ServiceGroup) });
        Assert.Equal(new FileOwner(Service, ServiceGroup), UnixFile.FindOwner(Key));

        Write(new OutputFile(Key, "newer"u8.ToArray(), GroupMode) { Owner = new FileOwner(User: null, Group: 8) });
        Assert.Equal(new FileOwner(Service, 8), UnixFile.FindOwner(Key));
        Assert.Equal(GroupMode, File.GetUnixFileMode(Key));
    }

    [Fact]
    public void A_set_that_may_not_be_given_away_is_not_written_at_all()
    {
        OutputFile[] files =
        [
            new OutputFile(Path.Combine(_folder.Path, "chain"), "old"u8.ToArray(), AtomicFile.PrivateMode),
            new OutputFile(Key, "old"u8.ToArray(), AtomicFile.PrivateMode),
        ];
        AtomicFile.Write([files[0] with { Owner = new FileOwner(Service, 0) }, files[1] with { Owner = new FileOwner(7, 0) }], ExistingFiles.Replace);
        SetOwner(_folder.Path, new FileOwner(Service, Service));

        SpiffeException refusal = ActAs(Service, () => Assert.Throws<SpiffeException>(() =>
            AtomicFile.Write([.. files.Select(file => file with { Content = "new"u8.ToArray() })], ExistingFiles.Replace)));

        Assert.Equal(SpiffeErrorReason.WriteFailed, refusal.Reason);
        Assert.Contains("user 7", refusal.Message, StringComparison.Ordinal);
        Assert.All(files, file => Assert.Equal("old", File.ReadAllText(file.Path)));
        Assert.Equal(2, Directory.GetFileSystemEntries(_folder.Path).Length);
    }

    [Fact]
    public void A_stranger_in_a_folder_for_everyone_is_not_given_a_secret()
    {
        File.SetUnixFileMode(_folder.Path, (UnixFileMode)0b001_111_111_111);
        WriteAs(new FileOwner(Service, Service), "old");

        Assert.Equal(SpiffeErrorReason.WriteFailed, Refusal(new OutputFile(Key, "new"u8.ToArray(), AtomicFile.PrivateMode)));
        Assert.Equal("old", File.ReadAllText(Key));

        Write(new OutputFile(Key, "new"u8.ToArray(), AtomicFile.PrivateMode) { Owner = new FileOwner(0, 0) });
        Assert.Equal(new FileOwner(0, 0), UnixFile.FindOwner(Key));
    }

    [Theory]
    [InlineData(true, "group::---", "mask::r--", "user:31001:r--")]
    [InlineData(false, "group::---", "mask::---", "user:31001:r--")]
    public async Task An_access_list_stays_and_the_mode_limits_it_only_where_it_was_asked_for(bool keeps, params string[] expected)
    {
        Assert.SkipUnless(File.Exists("/usr/bin/setfacl"), "there is no setfacl (package acl)");
        File.WriteAllText(Key, "old");
        File.SetUnixFileMode(Key, AtomicFile.PrivateMode);
        ProcessRun run = await ProcessRun.StartAsync("setfacl", ["-m", "u:31001:r--", Key], Token);
        Assert.SkipUnless(run.ExitCode == 0, $"the file system has no access lists: {run.Errors}");

        Write(new OutputFile(Key, "new"u8.ToArray(), AtomicFile.PrivateMode) { KeepsAccessList = keeps });

        string list = (await ProcessRun.StartAsync("getfacl", ["-cnpE", Key], Token)).Output;
        Assert.Equal("new", File.ReadAllText(Key));
        Assert.All(expected.Append("other::---"), entry => Assert.Contains(entry, list, StringComparison.Ordinal));
    }

    [Fact]
    public async Task The_access_list_that_a_folder_has_for_new_files_does_not_come_to_one_that_had_none()
    {
        Assert.SkipUnless(File.Exists("/usr/bin/setfacl"), "there is no setfacl (package acl)");
        File.WriteAllText(Key, "old");
        ProcessRun run = await ProcessRun.StartAsync("setfacl", ["-m", "d:u:31001:r--", _folder.Path], Token);
        Assert.SkipUnless(run.ExitCode == 0, $"the file system has no access lists: {run.Errors}");

        Write(new OutputFile(Key, "new"u8.ToArray(), GroupMode));

        Assert.DoesNotContain("31001", (await ProcessRun.StartAsync("getfacl", ["-cnp", Key], Token)).Output, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Attributes_that_users_gave_it_stay()
    {
        Assert.SkipUnless(File.Exists("/usr/bin/setfattr"), "there is no setfattr (package attr)");
        File.WriteAllText(Key, "old");
        ProcessRun run = await ProcessRun.StartAsync("setfattr", ["-n", "user.purpose", "-v", "web", Key], Token);
        Assert.SkipUnless(run.ExitCode == 0, $"the file system has no attributes: {run.Errors}");

        Write(new OutputFile(Key, "new"u8.ToArray(), AtomicFile.PrivateMode));

        string attributes = (await ProcessRun.StartAsync("getfattr", ["-d", "--absolute-names", Key], Token)).Output;
        Assert.Contains("user.purpose=\"web\"", attributes, StringComparison.Ordinal);
    }

    [Fact]
    public void Accounts_are_found_by_name_and_by_number_and_others_are_not()
    {
        Assert.Equal(new FileOwner(0, 0), FileOwner.Find("root", "root"));
        Assert.Equal(new FileOwner(Service, Group: null), FileOwner.Find("31001", group: null));
        Assert.Equal("root", UnixAccount.NameOf(0));
        Assert.Equal(SpiffeErrorReason.AccountNotFound, Assert.Throws<SpiffeException>(() => FileOwner.Find("nobody-has-this", null)).Reason);
        Assert.Equal(SpiffeErrorReason.AccountNotFound, Assert.Throws<SpiffeException>(() => FileOwner.Find(null, "4294967295")).Reason);
    }

    public void Dispose() => _folder.Dispose();

    private static void Write(OutputFile file) => AtomicFile.Write([file], ExistingFiles.Replace);

    private static SpiffeErrorReason Refusal(OutputFile file) => Assert.Throws<SpiffeException>(() => Write(file)).Reason;

    private static void SetOwner(string path, FileOwner owner) => Assert.Equal(
        0, ProcessRun.StartAsync("chown", [$"{owner.User}:{owner.Group}", path], Token).GetAwaiter().GetResult().ExitCode);

    private void WriteAs(FileOwner owner, string content)
    {
        File.WriteAllText(Key, content);
        SetOwner(Key, owner);
    }

    /// <summary>On a thread of its own, whose file access is another account's: it may not give files away.</summary>
    private static T ActAs<T>(uint user, Func<T> act)
    {
        T? result = default;
        Exception? failure = null;
        Thread thread = new(() =>
        {
            try
            {
                _ = SetFileSystemUser(user);
                result = act();
            }
            catch (Exception exception)
            {
                failure = exception;
            }
        });
        thread.Start();
        thread.Join();
        return failure is null ? result! : throw failure;
    }

    [DllImport("libc", EntryPoint = "setfsuid")]
    private static extern int SetFileSystemUser(uint user);
}
