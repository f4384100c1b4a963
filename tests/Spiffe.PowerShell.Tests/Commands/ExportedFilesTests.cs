using System.Management.Automation;
using Spiffe.Testing;
using Spiffe.Tests.Hosting;

namespace Spiffe.Tests.Commands;

/// <summary>What Export-SpiffeX509Svid does with files and folders that are there, and what it says.</summary>
public sealed class ExportedFilesTests : ExportX509SvidTest
{
    [Fact]
    public void Keys_are_for_the_owner_and_the_rest_is_for_everybody()
    {
        Serve(Svid("web"));

        Export("").Expect<object>();

        Assert.Equal(OwnerOnly, ModeOf("svid.0.key"));
        Assert.Equal(ReadableByAll, ModeOf("svid.0.pem"));
        Assert.Equal(ReadableByAll, ModeOf("bundle.0.pem"));
    }

    [Theory]
    [InlineData("0640", "0600")]
    [InlineData("'0640'", "'600'")]
    [InlineData("640", "([IO.UnixFileMode] 'UserRead, UserWrite')")]
    public void Modes_can_be_chosen_as_octal_digits(string keyMode, string certificateMode)
    {
        Serve(Svid("web"));

        Export($"-KeyMode {keyMode} -CertificateMode {certificateMode}").Expect<object>();

        Assert.Equal((UnixFileMode)0b110_100_000, ModeOf("svid.0.key"));
        Assert.Equal((UnixFileMode)0b110_000_000, ModeOf("svid.0.pem"));
        Assert.Equal((UnixFileMode)0b110_000_000, ModeOf("bundle.0.pem"));
    }

    [Theory]
    [InlineData("0800")]
    [InlineData("1777")]
    [InlineData("'00600'")]
    [InlineData("''")]
    [InlineData("'u=rw'")]
    [InlineData("(-1)")]
    [InlineData("([Convert]::ToInt32('640', 8))")]
    [InlineData("384")]
    [InlineData("420")]
    [InlineData("0604")]
    [InlineData("0644")]
    [InlineData("'0644'")]
    [InlineData("([IO.UnixFileMode] 'UserRead, OtherRead')")]
    public void Text_that_is_not_a_mode_is_refused(string mode)
    {
        Serve(Svid("web"));

        Assert.Contains("ParameterArgument", Assert.Single(Export($"-KeyMode {mode}").Errors).FullyQualifiedErrorId, StringComparison.Ordinal);
        Assert.Empty(Names);
    }

    [Theory]
    [InlineData("../x")]
    [InlineData("a/b")]
    [InlineData("a\\b")]
    [InlineData("..")]
    [InlineData(".")]
    [InlineData("")]
    public void A_name_that_leads_elsewhere_is_refused(string name)
    {
        Serve(Svid("web"));

        SessionResult result = Export($"Helper -KeyFileName '{name}'");

        Assert.StartsWith("ParameterArgumentValidationError", Assert.Single(result.Errors).FullyQualifiedErrorId, StringComparison.Ordinal);
        Assert.Empty(Names);
    }

    [Fact]
    public void A_mode_that_drifted_is_set_right_and_nothing_else_is_touched()
    {
        Assert.SkipWhen(OperatingSystem.IsWindows(), "Windows has no modes.");
        Serve(Svid("web"));
        Export("").Expect<object>();
        DateTime before = DateTime.UtcNow.AddHours(-1);
        foreach (string name in Names)
        {
            File.SetLastWriteTimeUtc(PathOf(name), before);
            SetMode(name, (UnixFileMode)0b110_110_110);
        }

        Export("").Expect<object>();

        Assert.Equal(OwnerOnly, ModeOf("svid.0.key"));
        Assert.Equal(ReadableByAll, ModeOf("svid.0.pem"));
        Assert.All(Names, name => Assert.Equal(before, File.GetLastWriteTimeUtc(PathOf(name))));
    }

    [Fact]
    public void PassThru_returns_the_files_in_order_even_if_nothing_was_written()
    {
        Serve(Svid("web"));
        string[] expected = [PathOf("svid_key.pem"), PathOf("svid.pem"), PathOf("svid_bundle.pem")];

        Assert.Equal(expected, Export("Helper -PassThru").Expect<FileInfo>().Select(file => file.FullName));
        Assert.Equal(expected, Export("Helper -PassThru").Expect<FileInfo>().Select(file => file.FullName));
    }

    [Fact]
    public void WhatIf_writes_nothing()
    {
        Serve(Svid("web"));

        Assert.Empty(Export("-PassThru -WhatIf").Expect<object>());

        Assert.Empty(Names);
    }

    [Fact]
    public void NoClobber_keeps_what_is_there_and_writes_the_other_SVIDs()
    {
        Serve(Svid("web"), Svid("batch"));
        File.WriteAllText(PathOf("bundle.0.pem"), "old");

        Export("-NoClobber -Force").ExpectError("FileExists", ErrorCategory.ResourceExists);

        Assert.Equal(["bundle.0.pem", "bundle.1.pem", "svid.1.key", "svid.1.pem"], Names);
        Assert.Equal("old", Read("bundle.0.pem"));
    }

    [Fact]
    public void A_read_only_file_is_replaced_by_force_only()
    {
        Serve(Svid("web"));
        File.WriteAllText(PathOf("svid.0.pem"), "old");
        File.SetAttributes(PathOf("svid.0.pem"), FileAttributes.ReadOnly);

        Export("").ExpectError("WriteFailed", ErrorCategory.WriteError);
        Assert.Equal("old", Read("svid.0.pem"));
        Assert.Equal(["svid.0.pem"], Names);

        Export("-Force").Expect<object>();
        Assert.Equal(3, Names.Count());
    }

    [Theory]
    [InlineData("svid.0.key")]
    [InlineData("svid.0.pem")]
    [InlineData("bundle.0.pem")]
    public void A_link_in_place_of_a_file_is_replaced_by_force_only_and_what_it_leads_to_stays(string name)
    {
        Serve(Svid("web"));
        using TemporaryFolder elsewhere = new();
        string precious = elsewhere.Write("precious", "precious");
        File.CreateSymbolicLink(PathOf(name), precious);

        Export("").ExpectError("WriteFailed", ErrorCategory.WriteError);
        Assert.Equal([name], Names);

        Export("-Force").Expect<object>();
        Assert.Null(new FileInfo(PathOf(name)).LinkTarget);
        Assert.Equal("precious", File.ReadAllText(precious));
    }

    [Theory]
    [InlineData("")]
    [InlineData("/")]
    [InlineData("/.")]
    public void A_link_in_place_of_the_folder_is_followed_by_force_only(string end)
    {
        Serve(Svid("web"));
        using TemporaryFolder elsewhere = new();
        Directory.CreateSymbolicLink(PathOf("link"), elsewhere.Path);
        string script = "Get-SpiffeX509Svid -Endpoint $args[0] | Export-SpiffeX509Svid -Path $args[1]";

        Run(script, PathOf("link") + end).ExpectError("WriteFailed", ErrorCategory.WriteError);
        Assert.Empty(Directory.GetFileSystemEntries(elsewhere.Path));

        Run(script + " -Force", PathOf("link") + end).Expect<object>();
        Assert.Equal(3, Directory.GetFileSystemEntries(elsewhere.Path).Length);
    }

    [Theory]
    [InlineData("none", "FileNotFound", ErrorCategory.ObjectNotFound)]
    [InlineData("file", "WriteFailed", ErrorCategory.WriteError)]
    [InlineData("zero\0", "WriteFailed", ErrorCategory.WriteError)]
    public void A_folder_that_is_none_is_an_error(string name, string id, ErrorCategory category)
    {
        Serve(Svid("web"));
        File.WriteAllText(PathOf("file"), "old");

        Run("Get-SpiffeX509Svid -Endpoint $args[0] | Export-SpiffeX509Svid -Path $args[1]", PathOf(name)).ExpectError(id, category);

        Assert.Equal(["file"], Names);
    }

    [Fact]
    public void A_folder_in_place_of_a_file_is_an_error_and_the_other_files_stay_as_they_are()
    {
        Serve(Svid("web"));
        Directory.CreateDirectory(PathOf("bundle.0.pem"));

        Export("-Force").ExpectError("WriteFailed", ErrorCategory.WriteError);

        Assert.Equal(["bundle.0.pem"], Names);
    }

    [Fact]
    public async Task A_full_disk_leaves_the_old_files_whole()
    {
        await using SmallDisk? disk = await SmallDisk.TryMountAsync(kilobytes: 64, Token);
        Assert.SkipUnless(disk is not null, "needs root, to mount a small file system");
        string script = "Get-SpiffeX509Svid -Endpoint $args[0] | Export-SpiffeX509Svid -Path $args[1] -Layout Helper";
        Serve(Svid("web"));
        Run(script, disk.Path).Expect<object>();
        Dictionary<string, string> before = ReadAll(disk.Path);
        FillUp(Path.Combine(disk.Path, "zzz"));
        Serve(Svid("web"));

        Run(script, disk.Path).ExpectError("WriteFailed", ErrorCategory.WriteError);

        File.Delete(Path.Combine(disk.Path, "zzz"));
        Assert.Equal(before, ReadAll(disk.Path));
        Run(script, disk.Path).Expect<object>();
        Assert.Equal(3, ReadAll(disk.Path).Count);
    }

    [Fact]
    public void A_relative_path_starts_at_PowerShells_location()
    {
        Serve(Svid("web"));
        Directory.CreateDirectory(PathOf("here"));

        Run(
            "$ExecutionContext.SessionState.Path.SetLocation($args[1]) | Out-Null; " +
            "Get-SpiffeX509Svid -Endpoint $args[0] | Export-SpiffeX509Svid ./here",
            Folder).Expect<object>();

        Assert.Equal(3, Directory.GetFiles(PathOf("here")).Length);
    }

    [Fact]
    public void Neither_key_nor_password_is_in_a_message()
    {
        Serve(Svid("web"));
        File.WriteAllText(PathOf("file"), "old");

        SessionResult result = Run(
            "$password = [securestring]::new(); 'pass-phrase'.ToCharArray().ForEach({ $password.AppendChar($_) }); " +
            "Get-SpiffeX509Svid -Endpoint $args[0] -OutVariable svids | Export-SpiffeX509Svid $args[1] Pfx -Password $password -Verbose; " +
            "$svids | Export-SpiffeX509Svid $args[1] Helper -Verbose; " +
            "$svids | Export-SpiffeX509Svid \"$($args[1])/file\" Pfx -Password $password -Verbose",
            Folder);

        string key = string.Concat(Read("svid_key.pem").Split('\n')[1..^2]);
        Assert.NotEmpty(result.Verbose);
        Assert.NotEmpty(result.Errors);
        Assert.All(
            [.. result.Verbose, .. result.Errors.Select(error => $"{error} {error.ErrorDetails} {error.TargetObject} {error.Exception}")],
            text =>
            {
                Assert.DoesNotContain("pass-phrase", text, StringComparison.Ordinal);
                Assert.DoesNotContain("PRIVATE KEY", text, StringComparison.Ordinal);
                Assert.DoesNotContain(key[..40], text, StringComparison.Ordinal);
            });
    }

    private static Dictionary<string, string> ReadAll(string folder) =>
        Directory.GetFiles(folder).ToDictionary(path => Path.GetFileName(path), File.ReadAllText);

    private static void FillUp(string path)
    {
        using FileStream file = new(path, FileMode.Create, FileAccess.Write, FileShare.None, bufferSize: 0);
        byte[] page = new byte[4096];
        try
        {
            while (true)
            {
                file.Write(page);
            }
        }
        catch (IOException)
        {
            // Now it is full.
        }
    }

    private void SetMode(string name, UnixFileMode mode)
    {
        if (!OperatingSystem.IsWindows())
        {
            File.SetUnixFileMode(PathOf(name), mode);
        }
    }
}
