using System.ComponentModel;
using Spiffe.Testing;
using Spiffe.Tests.Hosting;

namespace Spiffe.Tests.Pester;

/// <summary>Runs the Pester files in a real pwsh, where there is one.</summary>
public sealed class PesterTests
{
    private static readonly string s_folder = Path.Combine(Repository.Root, "tests", "Pester");
    private static readonly Lazy<Task<bool>> s_isAvailable = new(HasPesterAsync);

    public static TheoryData<string> Files =>
        [.. Directory.GetFiles(s_folder, "*.Tests.ps1").Select(path => Path.GetFileName(path)).Order()];

    [Theory]
    [MemberData(nameof(Files))]
    public async Task The_Pester_file_passes(string file)
    {
        Assert.SkipUnless(await s_isAvailable.Value, "pwsh 7.6 with Pester 6 was not found on this machine");

        ProcessRun run = await RunAsync(
            "$configuration = New-PesterConfiguration; $configuration.Run.Path = $env:SPIFFE_PESTER_FILE; " +
            "$configuration.Run.Exit = $true; $configuration.Output.CIFormat = 'None'; Invoke-Pester -Configuration $configuration",
            Path.Combine(s_folder, file));

        Assert.True(run.ExitCode == 0, run.Output + run.Errors);
    }

    [Fact]
    public void Every_cmdlet_has_its_Pester_file()
    {
        using ModuleSession session = new();
        string[] cmdlets = [.. session.Run("Get-Command -Module Spiffe | ForEach-Object Name").Expect<string>()];

        Assert.Equal(
            cmdlets.Select(name => name + ".Tests.ps1").Order(),
            Directory.GetFiles(s_folder, "*.Tests.ps1").Select(path => Path.GetFileName(path)).Order());
    }

    private static async Task<bool> HasPesterAsync()
    {
        try
        {
            ProcessRun run = await RunAsync(
                "if ($PSVersionTable.PSVersion -lt '7.6' -or -not (Get-Module Pester -ListAvailable | Where-Object Version -ge '6.0')) { exit 1 }",
                file: "");
            return run.ExitCode == 0;
        }
        catch (Win32Exception)
        {
            return false;
        }
    }

    private static Task<ProcessRun> RunAsync(string script, string file) => ProcessRun.StartAsync(
        "pwsh",
        ["-NoProfile", "-NonInteractive", "-Command", script],
        TestContext.Current.CancellationToken,
        new Dictionary<string, string>
        {
            ["SPIFFE_PESTER_FILE"] = file,
            ["NO_COLOR"] = "1",
            ["POWERSHELL_TELEMETRY_OPTOUT"] = "1",
            ["POWERSHELL_UPDATECHECK"] = "Off",
        });
}
