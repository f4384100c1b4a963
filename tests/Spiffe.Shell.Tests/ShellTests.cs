using System.Buffers.Text;
using Spiffe.Testing;

namespace Spiffe.Tests;

public sealed class ShellTests
{
    [Theory]
    [InlineData("5", 0)]
    [InlineData("exit 7", 7)]
    [InlineData("throw 'no'", 1)]
    [InlineData("Get-SpiffeX509Svid -Endpoint /nowhere", 1)]
    [InlineData("Get-SpiffeX509Svid -Endpoint /nowhere\n'after'", 0)]
    [InlineData("'after' # a comment at the end", 0)]
    public async Task A_command_ends_with_its_exit_code(string command, int expected)
    {
        ProcessRun run = await ShellRun.CommandAsync(command);

        Assert.True(run.ExitCode == expected, $"{run.ExitCode}: {run.Output}{run.Errors}");
    }

    [Fact]
    public async Task An_error_is_shown_with_its_recommendation()
    {
        ProcessRun run = await ShellRun.CommandAsync("Get-SpiffeX509Svid -Endpoint /nowhere/agent.sock");

        Assert.Contains("/nowhere/agent.sock", run.Errors, StringComparison.Ordinal);
        Assert.Contains("Recommendation: ", run.Errors, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("{0}")]
    [InlineData("'something else'\n{0}")]
    [InlineData("Get-Command Get-SpiffeJwtSvid\n{0}")]
    public async Task No_output_shows_a_token(string command)
    {
        await using ScriptedWorkloadApi server = await ScriptedWorkloadApi.StartAsync();
        server.JwtSvids = _ => new() { Svids = { Messages.JwtSvid(new TestJwtKey(), "spiffe://example.org/web", "", "orders") } };

        ProcessRun run = await ShellRun.CommandAsync(
            string.Format(null, command, $"Get-SpiffeJwtSvid orders -Endpoint '{server.Endpoint}'"));

        Assert.Contains("spiffe://example.org/web", run.Output, StringComparison.Ordinal);
        Assert.DoesNotContain("eyJ", run.Output, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("{0}")]
    [InlineData("'something else'\n{0}")]
    [InlineData("Get-Command Get-SpiffeJwtSvid\n{0}")]
    [Trait("Clause", "A-39")]
    public async Task No_output_lets_a_hint_control_the_terminal(string command)
    {
        await using ScriptedWorkloadApi server = await ScriptedWorkloadApi.StartAsync();
        server.X509Svids = ScriptedWorkloadApi.Always(
            Messages.X509Svids(Messages.X509Svid(TestAuthority.Create(), "spiffe://example.org/web", "\u001b]0;x\a")));

        ProcessRun run = await ShellRun.CommandAsync(
            string.Format(null, command, $"Get-SpiffeX509Svid -Endpoint '{server.Endpoint}'"));

        Assert.Contains("\\u001b]0;", run.Output, StringComparison.Ordinal);
        Assert.DoesNotContain("\u001b]0;", run.Output, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("{0}")]
    [InlineData("'something else'\n{0}")]
    [InlineData("Get-Command ConvertFrom-SpiffeJwt\n{0}")]
    public async Task No_output_lets_an_unverified_token_control_the_terminal(string command)
    {
        string header = Base64Url.EncodeToString("""{"alg":"ES256","kid":"\u001b[2J"}"""u8);
        string claims = Base64Url.EncodeToString("""{"aud":["\u001b[2J"],"\u009b2J":{"nested":"\u001b[2J"}}"""u8);

        ProcessRun run = await ShellRun.CommandAsync(
            string.Format(null, command, $"ConvertFrom-SpiffeJwt '{header}.{claims}.AAAA'"));

        Assert.Contains("Not verified", run.Output, StringComparison.Ordinal);
        Assert.Contains("""{"nested":"\u001B[2J"}""", run.Output, StringComparison.Ordinal);
        Assert.DoesNotContain("\u001b[2J", run.Output, StringComparison.Ordinal);
        Assert.DoesNotContain("\u009b", run.Output, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_script_gets_its_arguments_and_gives_its_exit_code()
    {
        string script = Path.Combine(Path.GetTempPath(), $"spiffe-{Guid.NewGuid()}.ps1");
        await File.WriteAllTextAsync(script, "param($Name) \"hello $Name\"\nexit 3", TestContext.Current.CancellationToken);
        try
        {
            ProcessRun run = await ShellRun.StartAsync("-File", script, "world");

            Assert.Equal(3, run.ExitCode);
            Assert.Equal("hello world", run.Output.Trim());
        }
        finally
        {
            File.Delete(script);
        }
    }

    [Theory]
    [InlineData("world|5|False", "world", "5")]
    [InlineData("world|7|True", "-Count", "7", "-Name", "world", "-Switch")]
    [InlineData("a b; exit 9|3|False", "-Name:a b; exit 9", "3", "-Switch:$false")]
    [InlineData("$(1)|1|True", "-Switch:$true", "$(1)")]
    public async Task A_script_gets_named_arguments_as_pwsh_gives_them(string expected, params string[] arguments)
    {
        string script = Path.Combine(Path.GetTempPath(), $"spiffe-{Guid.NewGuid()}.ps1");
        await File.WriteAllTextAsync(
            script,
            "param([string]$Name, [int]$Count = 1, [switch]$Switch) \"$Name|$Count|$Switch\"",
            TestContext.Current.CancellationToken);
        try
        {
            ProcessRun run = await ShellRun.StartAsync(["-File", script, .. arguments]);

            Assert.True(run.Output.Trim() == expected, run.Output + run.Errors);
        }
        finally
        {
            File.Delete(script);
        }
    }

    [Theory]
    [InlineData("-File", "/nowhere/x.ps1")]
    [InlineData("-Unknown", "x")]
    [InlineData("-Command")]
    public async Task Wrong_arguments_are_refused_with_the_usage(params string[] arguments)
    {
        ProcessRun run = await ShellRun.StartAsync(arguments);

        Assert.Equal(64, run.ExitCode);
        Assert.Contains("Usage:", run.Errors, StringComparison.Ordinal);
    }
}
