using System.Diagnostics;
using System.Text.RegularExpressions;
using Spiffe.Testing;

namespace Spiffe.Tests;

public sealed partial class DemoTests
{
    [Fact]
    public async Task The_main_job_is_shown_and_nothing_is_left_behind()
    {
        ProcessRun run = await ShellRun.StartAsync();

        Assert.True(run.ExitCode == 0, run.Output + run.Errors);
        Assert.Contains("PS> Get-SpiffeX509Svid", run.Output, StringComparison.Ordinal);
        Assert.Contains("spiffe://example.org/web", run.Output, StringComparison.Ordinal);
        Assert.Matches(@"-Audience orders\s+True", run.Output);
        Assert.Matches(@"-Audience billing\s+False", run.Output);
        string watch = run.Output[run.Output.IndexOf("PS> Watch-SpiffeSvid", StringComparison.Ordinal)..];
        Assert.Equal(2, Thumbprint().Matches(watch).Select(match => match.Value).Distinct().Count());
        Assert.DoesNotMatch(@"eyJ[\w-]+\.eyJ", run.Output);

        int agent = int.Parse(AgentProcess().Match(run.Output).Groups[1].Value, provider: null);
        Assert.DoesNotContain(Process.GetProcesses(), process => process.Id == agent);
        string socket = Endpoint().Match(run.Output).Groups[1].Value;
        Assert.StartsWith("/", socket, StringComparison.Ordinal);
        Assert.False(Directory.Exists(Path.GetDirectoryName(socket)), socket);
        string file = BundleFile().Match(run.Output).Groups[1].Value;
        Assert.False(Directory.Exists(Path.GetDirectoryName(file)), file);
    }

    [GeneratedRegex("[0-9A-F]{40}")]
    private static partial Regex Thumbprint();

    [GeneratedRegex(@"^\s*(\d+)\s+example\.org\s+unix:", RegexOptions.Multiline)]
    private static partial Regex AgentProcess();

    [GeneratedRegex(@"unix://(\S+)")]
    private static partial Regex Endpoint();

    [GeneratedRegex(@"(/\S+bundle\.pem)")]
    private static partial Regex BundleFile();
}
