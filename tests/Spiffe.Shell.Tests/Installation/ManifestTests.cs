using Spiffe.Testing;

namespace Spiffe.Tests.Installation;

/// <summary>What the manifest and the help say to the gallery and to people.</summary>
public sealed class ManifestTests
{
    [Fact]
    public async Task The_manifest_is_valid_and_gives_no_warning()
    {
        ProcessRun run = await PowerShellRun.StartAsync(
            ["-Command", $"(Test-ModuleManifest -Path '{Path.Combine(PowerShellRun.Root, "Spiffe.psd1")}' 3>&1 2>&1) | ForEach-Object {{ \"$_\" }}"]);

        Assert.Equal("Spiffe", run.Output.Trim());
    }

    [Fact]
    public async Task The_manifest_names_only_systems_that_were_tried()
    {
        ProcessRun run = await PowerShellRun.CommandAsync("(Get-Module -Name Spiffe).Tags -match '^(Linux|Windows|MacOS)$' | Select-Object -Unique");

        Assert.Equal("Linux", run.Output.Trim());
    }

    [Fact]
    public async Task No_cmdlet_offers_help_on_line()
    {
        ProcessRun run = await PowerShellRun.CommandAsync(
            """
            Get-Command -Module Spiffe | Where-Object {
                $_.HelpUri -or (Get-Help -Name $_.Name -Full).relatedLinks.navigationLink.uri -match '^http'
            } | ForEach-Object Name
            """);

        Assert.True(run is { Output: "", Errors: "" }, run.Output + run.Errors);
    }
}
