extern alias agent;

using agent::Spiffe.DevAgent;

namespace Spiffe.Tests.Callers;

/// <summary>What is concluded from what the operating systems say, each on every one of them.</summary>
public sealed class FactsTests
{
    private static readonly UnixFacts s_unix = new(12, "34", UserId: 1000, GroupId: 50, [50, 51], "/usr/bin/web");

    private static readonly WindowsFacts s_windows = new(
        12,
        "34",
        "S-1-5-21-1",
        @"CORP\anna",
        [
            new WindowsGroup("S-1-5-32-545", @"BUILTIN\Users", IsEnabled: true),
            new WindowsGroup("S-1-5-32-544", @"BUILTIN\Administrators", IsEnabled: false),
            new WindowsGroup("S-1-5-5-0-1", Name: null, IsEnabled: true),
        ],
        @"C:\Program Files\web\web.exe");

    [Fact]
    public void A_Unix_process_has_SPIREs_selectors()
    {
        Caller caller = ToCaller(s_unix);

        Assert.Equal(
            [
                "unix:gid:50", "unix:group:g50", "unix:path:/usr/bin/web", "unix:supplementary_gid:50",
                "unix:supplementary_gid:51", "unix:supplementary_group:g50", "unix:supplementary_group:g51",
                "unix:uid:1000", "unix:user:u1000",
            ],
            caller.Selectors.Order(StringComparer.Ordinal));
        Assert.All(caller.Selectors, selector => Assert.True(Selector.IsKnown(selector), selector));
        Assert.Equal("u1000", caller.UserName);
        Assert.Equal("34", caller.StartTime);
        Assert.Equal("pid 12, uid 1000 (u1000), gid 50", caller.ToString());
    }

    [Fact]
    public void A_Windows_process_has_SPIREs_selectors()
    {
        Caller caller = s_windows.ToCaller(() => "ab12");

        Assert.Equal(
            [
                @"windows:group_name:se_group_enabled:false:BUILTIN\Administrators",
                @"windows:group_name:se_group_enabled:true:BUILTIN\Users",
                "windows:group_sid:se_group_enabled:false:S-1-5-32-544",
                "windows:group_sid:se_group_enabled:true:S-1-5-32-545",
                "windows:group_sid:se_group_enabled:true:S-1-5-5-0-1",
                @"windows:path:C:\Program Files\web\web.exe",
                @"windows:user_name:CORP\anna",
                "windows:user_sid:S-1-5-21-1",
            ],
            caller.Selectors.Order(StringComparer.Ordinal));
        Assert.All(caller.Selectors, selector => Assert.True(Selector.IsKnown(selector), selector));
        Assert.True(caller.Has("windows:sha256:ab12"));
        Assert.False(caller.Has("windows:sha256:ab13"));
        Assert.False(caller.Has("unix:sha256:ab12"));
        Assert.Equal("anna", caller.UserName);
        Assert.Equal(@"pid 12, user S-1-5-21-1 (CORP\anna)", caller.ToString());
    }

    [Fact]
    public void What_may_not_be_known_has_no_selector()
    {
        Caller unix = (s_unix with { ProgramPath = null, SupplementaryGroupIds = [] }).ToCaller(
            id => $"u{id}", id => $"g{id}", () => null);
        Caller windows = (s_windows with { ProgramPath = null, UserName = null, Groups = [] }).ToCaller(() => null);

        Assert.DoesNotContain(unix.Selectors, selector => selector.StartsWith("unix:path", StringComparison.Ordinal));
        Assert.False(unix.Has("unix:sha256:"));
        Assert.Equal(["windows:user_sid:S-1-5-21-1"], windows.Selectors);
        Assert.False(windows.Has("windows:sha256:"));
        Assert.Equal("S-1-5-21-1", windows.UserName);
    }

    [Theory]
    [InlineData(@"CORP\anna", "/user/anna")]
    [InlineData(@"NT AUTHORITY\LOCAL SERVICE", "/user/LOCAL-SERVICE")]
    [InlineData(null, "/user/S-1-5-21-1")]
    public void Without_entries_a_Windows_account_has_an_identity_by_its_name_without_the_domain(string? name, string path)
    {
        EntryTable table = new(TrustDomain.Parse("example.org"), TimeSpan.FromHours(1), entries: null);

        Assert.Equal(path, table.Select((s_windows with { UserName = name }).ToCaller(() => null)).Single().SpiffeId.Path);
    }

    [Fact]
    public void The_program_is_read_when_its_hash_is_asked_for_and_only_once()
    {
        int reads = 0;
        Caller caller = s_unix.ToCaller(id => $"u{id}", id => $"g{id}", () => $"{++reads}");

        Assert.True(caller.Has("unix:uid:1000"));
        Assert.False(caller.Has("unix:uid:1001"));
        Assert.Equal(0, reads);
        Assert.True(caller.Has("unix:sha256:1"));
        Assert.False(caller.Has("unix:sha256:2"));
        Assert.Equal(1, reads);
    }

    [Theory]
    [InlineData("windows:user_sid:S-1-5-21-1", true)]
    [InlineData("windows:group_sid:se_group_enabled:true:S-1", true)]
    [InlineData("unix:sha256:00", true)]
    [InlineData("windows:group_sid:S-1", false)]
    [InlineData("windows:user_sid:", false)]
    [InlineData("Windows:user_sid:S-1", false)]
    [InlineData("docker:label:a", false)]
    [InlineData("", false)]
    public void A_selector_is_of_a_known_kind_and_has_a_value(string selector, bool isKnown) =>
        Assert.Equal(isKnown, Selector.IsKnown(selector));

    [Fact]
    public void The_credentials_of_macOS_name_the_user_and_the_groups()
    {
        byte[] bytes = new byte[MacCredentials.Size];
        BitConverter.TryWriteBytes(bytes.AsSpan(4), 501u);
        BitConverter.TryWriteBytes(bytes.AsSpan(8), (short)2);
        BitConverter.TryWriteBytes(bytes.AsSpan(12), 20u);
        BitConverter.TryWriteBytes(bytes.AsSpan(16), 80u);

        MacCredentials credentials = MacCredentials.Read(bytes)!;

        Assert.Equal(76, MacCredentials.Size);
        Assert.Equal(501u, credentials.UserId);
        Assert.Equal([20u, 80u], credentials.GroupIds);
        Assert.Null(MacCredentials.Read(bytes.AsSpan(1)));
        bytes[0] = 1;
        Assert.Null(MacCredentials.Read(bytes));
        bytes[0] = 0;
        bytes[8] = 17;
        Assert.Null(MacCredentials.Read(bytes));
    }

    [Fact]
    public void Accounts_have_the_names_that_the_system_has_for_them()
    {
        Assert.SkipWhen(OperatingSystem.IsWindows(), "Accounts have numbers on Unix only.");
        if (!OperatingSystem.IsWindows())
        {
            Assert.Equal("root", AccountNames.FindUser(0));
            Assert.Equal(OperatingSystem.IsMacOS() ? "wheel" : "root", AccountNames.FindGroup(0));
            Assert.Equal("4111222333", AccountNames.FindUser(4_111_222_333));
            Assert.Equal("4111222333", AccountNames.FindGroup(4_111_222_333));
        }
    }

    private static Caller ToCaller(UnixFacts facts) => facts.ToCaller(id => $"u{id}", id => $"g{id}", () => "ab12");
}
