using System.Management.Automation;
using Spiffe.Testing;
using Spiffe.Tests.Hosting;

namespace Spiffe.Tests.Commands;

/// <summary>What depends on the process's environment, and so runs alone.</summary>
[Collection(nameof(EnvironmentTests))]
[CollectionDefinition(nameof(EnvironmentTests), DisableParallelization = true)]
public sealed class EnvironmentTests : CommandTest
{
    public EnvironmentTests() => Environment.SetEnvironmentVariable(WorkloadApiEndpoint.EnvironmentVariable, null);

    public override ValueTask DisposeAsync()
    {
        Environment.SetEnvironmentVariable(WorkloadApiEndpoint.EnvironmentVariable, null);
        return base.DisposeAsync();
    }

    [Fact]
    public void Without_an_endpoint_the_error_names_both_ways_to_give_one()
    {
        ErrorRecord error = Session.Run("Get-SpiffeX509Svid")
            .ExpectError("EndpointNotConfigured", ErrorCategory.InvalidOperation);

        Assert.Contains("-Endpoint", error.ErrorDetails.RecommendedAction, StringComparison.Ordinal);
        Assert.Contains(
            WorkloadApiEndpoint.EnvironmentVariable, error.ErrorDetails.RecommendedAction, StringComparison.Ordinal);
    }

    [Fact]
    [Trait("Clause", "E-7")]
    public void The_variable_is_used_where_no_endpoint_is_given()
    {
        Server.X509Svids = ScriptedWorkloadApi.Always(Messages.X509Svids(Authority));
        Environment.SetEnvironmentVariable(WorkloadApiEndpoint.EnvironmentVariable, Server.Endpoint);

        SessionResult result = Session.Run("Get-SpiffeX509Svid -Verbose");

        Assert.Single(result.Expect<X509Svid>());
        Assert.Contains(result.Verbose, line => line.Contains("$env:SPIFFE_ENDPOINT_SOCKET", StringComparison.Ordinal));
    }

    [Fact]
    public void An_explicit_endpoint_wins_over_the_variable()
    {
        Server.X509Svids = ScriptedWorkloadApi.Always(Messages.X509Svids(Authority));
        Environment.SetEnvironmentVariable(WorkloadApiEndpoint.EnvironmentVariable, "unix:///nowhere");

        Assert.Single(Run("Get-SpiffeX509Svid -Endpoint $args[0]").Expect<X509Svid>());
    }

    [Fact]
    public void A_bad_value_of_the_variable_is_named_as_such()
    {
        Environment.SetEnvironmentVariable(WorkloadApiEndpoint.EnvironmentVariable, "/bare/path");

        ErrorRecord error = Session.Run("Get-SpiffeX509Svid").ExpectError("EndpointInvalid", ErrorCategory.InvalidArgument);

        Assert.Contains("$env:SPIFFE_ENDPOINT_SOCKET", error.Exception.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Completion_offers_what_the_agent_has_answered()
    {
        Server.X509Svids = ScriptedWorkloadApi.Always(Messages.X509Svids(
            Messages.X509Svid(Authority, "spiffe://example.org/web", "external"),
            Messages.X509Svid(Authority, "spiffe://example.org/batch", "it's"),
            Messages.X509Svid(Authority, "spiffe://example.org/batch", "evil\u001b[31m")));
        Server.X509Bundles = ScriptedWorkloadApi.Always(Messages.X509Bundles(Authority, Foreign));
        Environment.SetEnvironmentVariable(WorkloadApiEndpoint.EnvironmentVariable, Server.Endpoint);

        Session.Run("Get-SpiffeX509Svid");
        Session.Run("Get-SpiffeBundle -Type X509");

        Assert.Equal(["'spiffe://example.org/web'", "'spiffe://example.org/batch'"], Complete("Get-SpiffeX509Svid -SpiffeId "));
        Assert.Equal(["'it''s'"], Complete("Get-SpiffeX509Svid -Hint i"));
        Assert.Equal(["'external'"], Complete("Get-SpiffeX509Svid -Hint e"));
        Assert.Equal(["'other.org'"], Complete("Get-SpiffeBundle -TrustDomain o"));
    }

    [Fact]
    public void Completion_without_an_answer_offers_nothing_and_is_not_an_error()
    {
        Environment.SetEnvironmentVariable(WorkloadApiEndpoint.EnvironmentVariable, "unix:///nowhere");

        Assert.Empty(Complete("Get-SpiffeX509Svid -SpiffeId "));
    }

    private string[] Complete(string line) =>
    [
        .. Session.Run("[System.Management.Automation.CommandCompletion]::CompleteInput($args[0], $args[0].Length, $null).CompletionMatches", line)
            .Expect<CompletionResult>()
            .Select(result => result.CompletionText),
    ];
}
