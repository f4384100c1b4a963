using Spiffe.Testing;

namespace Spiffe.Tests.Pester;

/// <summary>Runs the Pester files in PowerShell; each test in them is one here.</summary>
public sealed class PesterTests
{
    public static async Task<IEnumerable<TheoryDataRow<PesterTest>>> RunFilesAsync() =>
        from test in await PesterRun.RunFilesAsync()
        select new TheoryDataRow<PesterTest>(test)
        {
            TestDisplayName = test.Name,
            Label = "",
            Skip = test.Result is "Skipped" or "Inconclusive" ? "skipped by the Pester file" : null,
        };

    [Fact]
    public async Task Every_cmdlet_has_its_file()
    {
        ProcessRun run = await PowerShellRun.CommandAsync("(Get-Command -Module Spiffe).Name");

        // The others are about what all cmdlets have in common, such as their views.
        Assert.Equal(
            run.Output.Split('\n', StringSplitOptions.RemoveEmptyEntries).Order(),
            PesterRun.FindFiles("*-*").Select(file => Path.GetFileName(file)[..^PesterRun.Extension.Length]).Order());
    }

    [Fact]
    public void Every_cmdlets_file_runs_the_examples_of_its_help() => Assert.All(PesterRun.FindFiles("*-*"), file => Assert.Matches(
        $"It 'runs <Title>' -ForEach \\(Get-(Help|Tls)Example -Name {Path.GetFileName(file)[..^PesterRun.Extension.Length]}\\b",
        File.ReadAllText(file)));

    [Theory]
    [MemberData(nameof(RunFilesAsync), DisableDiscoveryEnumeration = true)]
    public void The_test_passes(PesterTest test) => Assert.True(test.Result == "Passed", test.Failure);
}
