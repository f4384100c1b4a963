using System.Buffers.Text;
using Spiffe.Testing;

namespace Spiffe.Tests;

/// <summary>What PowerShell writes for objects of the module, whether they come first, after something else, or among others.</summary>
public sealed class OutputTests
{
    [Fact]
    public async Task No_output_shows_a_token()
    {
        await using ScriptedWorkloadApi server = await ScriptedWorkloadApi.StartAsync();
        server.JwtSvids = _ => new() { Svids = { Messages.JwtSvid(new TestJwtKey(), "spiffe://example.org/web", "", "orders") } };

        string[] outputs = await ShowAsync($"Get-SpiffeJwtSvid orders -Endpoint '{server.Endpoint}'");

        Assert.All(outputs, output =>
        {
            Assert.Contains("spiffe://example.org/web", output, StringComparison.Ordinal);
            Assert.DoesNotContain("eyJ", output, StringComparison.Ordinal);
        });
    }

    [Fact]
    [Trait("Clause", "A-39")]
    public async Task No_output_lets_a_hint_control_the_terminal()
    {
        await using ScriptedWorkloadApi server = await ScriptedWorkloadApi.StartAsync();
        server.X509Svids = ScriptedWorkloadApi.Always(
            Messages.X509Svids(Messages.X509Svid(TestAuthority.Create(), "spiffe://example.org/web", "\u001b]0;x\a")));

        string[] outputs = await ShowAsync($"Get-SpiffeX509Svid -Endpoint '{server.Endpoint}'");

        Assert.All(outputs, output =>
        {
            Assert.Contains("\\u001b]0;", output, StringComparison.Ordinal);
            Assert.DoesNotContain("\u001b]0;", output, StringComparison.Ordinal);
        });
    }

    [Fact]
    public async Task No_output_lets_an_unverified_token_control_the_terminal()
    {
        string header = Base64Url.EncodeToString("""{"alg":"ES256","kid":"\u001b[2J"}"""u8);
        string claims = Base64Url.EncodeToString("""{"aud":["\u001b[2J"],"\u009b2J":{"nested":"\u001b[2J"}}"""u8);

        string[] outputs = await ShowAsync($"ConvertFrom-SpiffeJwt '{header}.{claims}.AAAA'");

        Assert.All(outputs, output =>
        {
            Assert.Contains("Not verified", output, StringComparison.Ordinal);
            Assert.Contains("""{"nested":"\u001B[2J"}""", output, StringComparison.Ordinal);
            Assert.DoesNotContain("\u001b[2J", output, StringComparison.Ordinal);
            Assert.DoesNotContain("\u009b", output, StringComparison.Ordinal);
        });
    }

    /// <summary>The output of a command alone, after a string, and after another object's table.</summary>
    private static async Task<string[]> ShowAsync(string command)
    {
        const string Separator = "=====";
        ProcessRun run = await PowerShellRun.CommandAsync(
            $$"""
            & { {{command}} } | Out-Default
            '{{Separator}}'
            & { 'something else'; {{command}} } | Out-Default
            '{{Separator}}'
            & { Get-Command Get-SpiffeX509Svid; {{command}} } | Out-Default
            """);

        string[] outputs = run.Output.Split(Separator);
        Assert.True(outputs.Length == 3, run.Output + run.Errors);
        return outputs;
    }
}
