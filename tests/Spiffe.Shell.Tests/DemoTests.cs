using System.Text.RegularExpressions;
using Spiffe.Testing;

namespace Spiffe.Tests;

public sealed partial class DemoTests
{
    [Fact]
    public async Task The_main_job_is_shown_and_nothing_is_left_behind()
    {
        CancellationToken token = TestContext.Current.CancellationToken;
        using TemporaryFolder folder = new();
        Dictionary<string, string> variables = new(PowerShellRun.Variables) { ["TMPDIR"] = folder.Path };

        ProcessRun run = await ProcessRun.StartAsync("dotnet", [PowerShellRun.Shell], token, variables);

        Assert.True(run.ExitCode == 0, run.Output + run.Errors);
        Assert.Contains("PS> Get-SpiffeX509Svid", run.Output, StringComparison.Ordinal);
        Assert.Contains("spiffe://example.org/web", run.Output, StringComparison.Ordinal);
        Assert.Matches(@"-Audience orders\s+True", run.Output);
        Assert.Matches(@"-Audience billing\s+False", run.Output);
        Assert.Matches(@"(?s)PS> Watch-SpiffeSvid.*Initial +spiffe://example\.org/web.*Renewed +spiffe://example\.org/web", run.Output);
        Assert.DoesNotMatch(@"eyJ[\w-]+\.eyJ", run.Output);

        int agent = int.Parse(AgentProcess().Match(run.Output).Groups[1].Value, provider: null);
        await Eventually.TrueAsync(() => OtherProcess.HasEnded(agent), token);
        Assert.Empty(Directory.GetFileSystemEntries(folder.Path));
    }

    [GeneratedRegex(@"^\s*(\d+)\s+example\.org\s+unix:", RegexOptions.Multiline)]
    private static partial Regex AgentProcess();
}
