using System.Reflection.PortableExecutable;
using System.Text.Json;
using Spiffe.Testing;

namespace Spiffe.Tests.Installation;

/// <summary>The module as people install it, in a home folder that was empty before.</summary>
public sealed class InstallationTests : IDisposable
{
    private const string MainJob =
        """
        $completed = (TabExpansion2 -inputScript 'Get-SpiffeX5' -cursorColumn 12).CompletionMatches.CompletionText
        $null = Start-SpiffeDevAgent -Entry @{ SpiffeId = 'spiffe://example.org/web' } -SetEnvironment
        $svid = Get-SpiffeX509Svid
        [ordered]@{
            Folder = (Get-Command -Name Get-SpiffeX509Svid).Module.ModuleBase
            Client = [AppDomain]::CurrentDomain.GetAssemblies().Location -like '*Spiffe.WorkloadApi.dll' | Split-Path
            SpiffeId = "$($svid.SpiffeId)"
            HasPrivateKey = $svid.Certificate.HasPrivateKey
            IsValid = Get-SpiffeJwtSvid -Audience orders | Test-SpiffeJwt -Audience orders
            Completed = "$completed"
            Examples = @((Get-Help -Name Get-SpiffeX509Svid -Examples).examples.example).Count
        } | ConvertTo-Json
        """;

    private static readonly string s_package = Path.Combine(PowerShellRun.Root, "src", "Spiffe.Package");

    private readonly EmptyHome _home = new();

    private string Installed => Path.Combine(_home.Modules, "Spiffe", PowerShellRun.ModuleVersion);

    public void Dispose() => _home.Dispose();

    [Fact]
    public async Task A_package_for_this_platform_from_a_feed_does_the_main_job_and_can_be_uninstalled()
    {
        using TemporaryFolder feed = new();
        await _home.BuildAsync("pack", s_package, "--no-build", "-o", feed.Path, $"-p:PackedPlatforms={PowerShellRun.Platform}");

        await _home.RunAsync(
            $"""
            Register-PSResourceRepository -Name Feed -Uri '{feed.Path}' -Trusted
            Install-PSResource -Name Spiffe -Prerelease -Repository Feed
            """);
        string report = await _home.RunAsync(MainJob);
        AssertPrecompiled();
        string left = await _home.RunAsync(
            "Uninstall-PSResource -Name Spiffe -Version '*' -Prerelease\nGet-Module -Name Spiffe -ListAvailable");

        AssertMainJob(report);
        Assert.Empty(left);
        Assert.False(Directory.Exists(Installed));
    }

    [Fact]
    public async Task The_target_Install_replaces_the_same_version_and_does_the_main_job()
    {
        string stale = Path.Combine(Installed, "stale.txt");
        Directory.CreateDirectory(Installed);
        await File.WriteAllTextAsync(stale, "of an earlier build", TestContext.Current.CancellationToken);

        await _home.BuildAsync("build", s_package, "-t:Install", "--no-restore", "--no-dependencies");
        string report = await _home.RunAsync(MainJob);

        AssertMainJob(report);
        AssertPrecompiled();
        Assert.False(File.Exists(stale));
        Assert.Equal([_home.Modules], Directory.GetFileSystemEntries(Path.GetDirectoryName(_home.Modules)!));
    }

    private void AssertPrecompiled()
    {
        using PEReader cmdlets = new(File.OpenRead(Path.Combine(Installed, "bin", "Spiffe.PowerShell.dll")));
        Assert.NotEqual(0, cmdlets.PEHeaders.CorHeader!.ManagedNativeHeaderDirectory.Size);
    }

    private void AssertMainJob(string report)
    {
        Assert.Equal(
            new Dictionary<string, string>
            {
                ["Folder"] = Installed,
                ["Client"] = Path.Combine(Installed, "bin", "runtimes", PowerShellRun.Platform, "isolated"),
                ["SpiffeId"] = "spiffe://example.org/web",
                ["HasPrivateKey"] = bool.TrueString,
                ["IsValid"] = bool.TrueString,
                ["Completed"] = "Get-SpiffeX509Svid",
            },
            JsonSerializer.Deserialize<Dictionary<string, JsonElement>>(report)!
                .Where(pair => pair.Key != "Examples")
                .ToDictionary(pair => pair.Key, pair => pair.Value.ToString()));
        Assert.True(JsonDocument.Parse(report).RootElement.GetProperty("Examples").GetInt32() > 0);
    }
}
