using System.Runtime.InteropServices;
using Spiffe.Testing;

namespace Spiffe.Tests.DevAgents;

/// <summary>The <c>dotnet</c> that the agent runs on, in a PowerShell that runs on an installation of .NET without ASP.NET Core.</summary>
public sealed class DotNetHostTests : IClassFixture<BareInstallation>
{
    private const string Start =
        """
        try {
            (Start-SpiffeDevAgent).TrustDomain.Name
        }
        catch {
            $_.FullyQualifiedErrorId, $_.Exception.Message
        }
        """;

    private readonly BareInstallation _bare;

    public DotNetHostTests(BareInstallation bare) => _bare = bare;

    [Fact]
    public async Task Without_ASP_NET_Core_the_error_says_what_to_install()
    {
        string[] output = await StartAgentAsync(NameNoInstallation());

        Assert.Equal("DevAgentFailed,Spiffe.Commands.StartSpiffeDevAgentCommand", output[0]);
        Assert.Contains("ASP.NET Core Runtime 10.0", output[1], StringComparison.Ordinal);
        Assert.Contains(_bare.Path, output[1], StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("DOTNET_ROOT", "")]
    [InlineData("DOTNET_HOST_PATH", "/dotnet")]
    [InlineData("PATH", "")]
    public async Task An_installation_that_a_variable_names_is_used(string variable, string program)
    {
        Dictionary<string, string> variables = NameNoInstallation();
        variables[variable] = BareInstallation.Whole + program;

        Assert.Equal(["example.org"], await StartAgentAsync(variables));
    }

    // dotnet test sets the variable of the architecture.
    private static Dictionary<string, string> NameNoInstallation() => new()
    {
        ["PATH"] = "/nowhere",
        ["DOTNET_ROOT"] = "",
        [$"DOTNET_ROOT_{RuntimeInformation.ProcessArchitecture.ToString().ToUpperInvariant()}"] = "",
        ["DOTNET_HOST_PATH"] = "",
    };

    private async Task<string[]> StartAgentAsync(Dictionary<string, string> variables)
    {
        ProcessRun run = await ProcessRun.StartAsync(
            Path.Combine(_bare.Path, "dotnet"),
            [PowerShellRun.Assembly, "-NoProfile", "-NonInteractive", "-Command", PowerShellRun.ImportModule + Start],
            TestContext.Current.CancellationToken,
            variables.Concat(PowerShellRun.Variables).ToDictionary());
        Assert.True(run.ExitCode == 0, run.Errors);
        return run.Output.Split('\n', StringSplitOptions.RemoveEmptyEntries);
    }
}
