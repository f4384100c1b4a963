using Spiffe.Testing;
using Spiffe.Tests.Hosting;

namespace Spiffe.Tests.Commands;

/// <summary>A list in which nothing is selects nothing: it may be the result of a filter that nothing passed.</summary>
public sealed class EmptySelectionTests : CommandTest
{
    [Theory]
    [InlineData("Get-SpiffeX509Svid -SpiffeId @() -Endpoint $args[0]")]
    [InlineData("Get-SpiffeX509Svid -SpiffeId @() -AsCertificate -Endpoint $args[0]")]
    [InlineData("Get-SpiffeJwtSvid orders -SpiffeId @() -Endpoint $args[0]")]
    [InlineData("Get-SpiffeBundle -TrustDomain @() -Type X509 -Endpoint $args[0]")]
    [InlineData("Export-SpiffeBundle -Path $args[1] -TrustDomain @() -PassThru -Endpoint $args[0]")]
    [InlineData("Export-SpiffeBundle -Path $args[1] -Format BundleMap -TrustDomain @() -PassThru -Endpoint $args[0]")]
    public void An_empty_list_selects_nothing(string script)
    {
        using TemporaryFolder folder = new();
        Server.X509Svids = ScriptedWorkloadApi.Always(Messages.X509Svids(Authority));
        Server.X509Bundles = ScriptedWorkloadApi.Always(Messages.X509Bundles(Authority));

        SessionResult result = Run(script, Path.Combine(folder.Path, "bundle"));

        Assert.Empty(result.Errors);
        Assert.Empty(result.Output);
        Assert.Empty(Directory.GetFiles(folder.Path));
    }

    [Theory]
    [InlineData("Watch-SpiffeSvid -SpiffeId @() -Endpoint $args[0]")]
    [InlineData("Wait-SpiffeSvid -SpiffeId @() -Endpoint $args[0]")]
    [InlineData("Wait-SpiffeSvid -Hint @() -Endpoint $args[0]")]
    [InlineData("Get-SpiffeX509Svid -Hint @() -Endpoint $args[0]")]
    public void What_would_wait_for_nothing_is_refused(string script) => Assert.StartsWith(
        "ParameterArgumentValidationError,",
        Assert.Single(Run(script).Errors).FullyQualifiedErrorId,
        StringComparison.Ordinal);

    [Fact]
    public void No_development_agent_is_stopped_or_changed()
    {
        SessionResult result = Run(
            "$agent = Start-SpiffeDevAgent; Stop-SpiffeDevAgent -ProcessId @(); Update-SpiffeDevAgent -ProcessId @() -PassThru; " +
            "@(Get-SpiffeDevAgent | Where-Object ProcessId -EQ $agent.ProcessId).Count; $agent | Stop-SpiffeDevAgent");

        Assert.Equal([1], result.Expect<int>());
    }

    [Fact]
    public void An_agent_with_an_empty_list_of_entries_issues_nothing() => Run(
        "$agent = Start-SpiffeDevAgent -Entry @(); " +
        "try { Get-SpiffeX509Svid -Endpoint $agent.Endpoint } finally { $agent | Stop-SpiffeDevAgent }")
        .ExpectError("NoIdentityIssued", System.Management.Automation.ErrorCategory.PermissionDenied);
}
