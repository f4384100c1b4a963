using System.Diagnostics;
using System.Management.Automation;
using Spiffe.Testing;
using Spiffe.Tests.Commands;
using Spiffe.Tests.Hosting;

namespace Spiffe.Tests.DevAgents;

/// <summary>The development agent as a child process, from start to end. Alone: its cmdlets see every agent of the process.</summary>
[Collection(nameof(EnvironmentTests))]
public sealed class DevAgentTests : IDisposable
{
    private readonly ModuleSession _session = new();
    private readonly DirectoryInfo _folder = Directory.CreateTempSubdirectory("spiffe-test-");

    private string SocketPath => Path.Combine(_folder.FullName, "agent.sock");

    public void Dispose()
    {
        _session.Run("Stop-SpiffeDevAgent");
        _session.Dispose();
        _folder.Delete(recursive: true);
    }

    [Fact]
    public void An_agent_issues_identities_of_its_trust_domain_until_it_is_stopped()
    {
        DevAgent agent = Start("Start-SpiffeDevAgent dev.example");

        SessionResult result = _session.Run("Get-SpiffeX509Svid -Endpoint $args[0]", agent.Endpoint);
        _session.Run("Stop-SpiffeDevAgent").Expect<object>();

        Assert.Equal("dev.example", Assert.Single(result.Expect<X509Svid>()).TrustDomain.Name);
        Assert.DoesNotContain(Process.GetProcesses(), process => process.Id == agent.ProcessId);
        string socket = agent.Endpoint["unix://".Length..];
        Assert.False(File.Exists(socket));
        Assert.False(Directory.Exists(Path.GetDirectoryName(socket)));
        Assert.Empty(_session.Run("Get-SpiffeDevAgent").Output);
    }

    [Fact]
    public void Entries_become_identities_in_their_order()
    {
        DevAgent agent = Start(
            "Start-SpiffeDevAgent -Endpoint $args[0] -Entry @{ SpiffeId = 'spiffe://example.org/web'; Hint = 'external'; DnsName = 'web.example.org' }," +
            "@{ spiffeid = 'spiffe://example.org/batch'; hint = 'internal'; KeyType = 'RSA-2048'; TtlSec = 600 }",
            SocketPath);

        IReadOnlyList<X509Svid> svids = _session.Run("Get-SpiffeX509Svid -Endpoint $args[0]", SocketPath).Expect<X509Svid>();

        Assert.Equal("unix://" + SocketPath, agent.Endpoint);
        Assert.Equal(["external", "internal"], svids.Select(svid => svid.Hint));
        Assert.Equal(["ECDSA P-256", "RSA 2048"], svids.Select(svid => svid.KeyAlgorithm));
        Assert.True(svids[0].Certificate.MatchesHostname("web.example.org"));
        Assert.InRange(svids[1].ExpiresIn.TotalSeconds, 300, 610);
    }

    [Fact]
    [Trait("Clause", "E-3")]
    public void It_listens_on_a_loopback_port_when_it_is_told_to()
    {
        Assert.SkipUnless(OperatingSystem.IsLinux(), "Callers over TCP are identified on Linux only.");

        // All of 127.0.0.0/8 is loopback: on an address of its own no port is taken by anybody else.
        string endpoint = $"tcp://127.{Random.Shared.Next(1, 255)}.{Random.Shared.Next(1, 255)}.1:8081";
        DevAgent agent = Start("Start-SpiffeDevAgent -Endpoint $args[0] -SetEnvironment", endpoint);

        SessionResult result = _session.Run("Get-SpiffeX509Svid");

        Assert.Equal(endpoint, agent.Endpoint);
        Assert.Equal($"/user/{ThisAccount.Name}", Assert.Single(result.Expect<X509Svid>()).SpiffeId.Path);
        Assert.Empty(result.Warnings);
    }

    [Fact]
    public void The_main_job_works_against_it()
    {
        Start("Start-SpiffeDevAgent -Endpoint $args[0] -SetEnvironment", SocketPath);

        Assert.Single(_session.Run("Get-SpiffeX509Svid").Expect<X509Svid>());
        Assert.Equal([true], _session.Run("Get-SpiffeJwtSvid orders | Test-SpiffeJwt -Audience orders").Expect<bool>());
        Assert.Equal([false], _session.Run("Get-SpiffeJwtSvid orders | Test-SpiffeJwt -Audience billing").Expect<bool>());
        Assert.Equal([false], _session.Run("Test-SpiffeJwt -Token a.b.c -Audience orders").Expect<bool>());
        Assert.Equal("1 X.509, 1 JWT", _session.Run("Get-SpiffeBundle").Expect<SpiffeBundle>()[0].Authorities);
    }

    [Fact]
    public void A_watch_sees_the_renewal_before_the_SVID_expires()
    {
        Start("Start-SpiffeDevAgent -Endpoint $args[0] -SvidTtlSec 4", SocketPath);

        IReadOnlyList<SvidUpdate> updates =
            _session.Run("Watch-SpiffeSvid -Count 2 -TimeoutSec 30 -Endpoint $args[0]", SocketPath).Expect<SvidUpdate>();

        X509Svid[] svids = [.. updates.Select(update => Assert.IsType<X509Svid>(Assert.Single(update.Svids)))];
        Assert.NotEqual(svids[0].Thumbprint, svids[1].Thumbprint);
        Assert.True(updates[1].Time < svids[0].NotAfter, "the renewal came after the expiry");
        Assert.Equal(svids[0].Bundle, svids[1].Bundle);
    }

    [Fact]
    public void The_environment_is_set_on_start_and_restored_on_stop()
    {
        Environment.SetEnvironmentVariable(WorkloadApiEndpoint.EnvironmentVariable, "unix:///before");

        DevAgent agent = Start("Start-SpiffeDevAgent -Endpoint $args[0] -SetEnvironment", SocketPath);
        string? during = Environment.GetEnvironmentVariable(WorkloadApiEndpoint.EnvironmentVariable);
        _session.Run("Stop-SpiffeDevAgent");
        string? after = Environment.GetEnvironmentVariable(WorkloadApiEndpoint.EnvironmentVariable);
        Environment.SetEnvironmentVariable(WorkloadApiEndpoint.EnvironmentVariable, null);

        Assert.Equal(agent.Endpoint, during);
        Assert.Equal("unix:///before", after);
    }

    [Fact]
    public void Whichever_agent_is_stopped_first_the_environment_never_names_a_stopped_one()
    {
        Environment.SetEnvironmentVariable(WorkloadApiEndpoint.EnvironmentVariable, null);
        DevAgent first = Start("Start-SpiffeDevAgent -SetEnvironment");
        DevAgent second = Start("Start-SpiffeDevAgent -SetEnvironment");

        _session.Run("Stop-SpiffeDevAgent -ProcessId $args[0]", first.ProcessId).Expect<object>();
        Assert.Equal(second.Endpoint, Environment.GetEnvironmentVariable(WorkloadApiEndpoint.EnvironmentVariable));
        _session.Run("Stop-SpiffeDevAgent").Expect<object>();

        Assert.Null(Environment.GetEnvironmentVariable(WorkloadApiEndpoint.EnvironmentVariable));
    }

    [Fact]
    public void Several_agents_live_side_by_side_and_are_stopped_by_process_id()
    {
        DevAgent first = Start("Start-SpiffeDevAgent one.example");
        DevAgent second = Start("Start-SpiffeDevAgent two.example");

        Assert.Equal([first.ProcessId, second.ProcessId], Ids());
        _session.Run("$args[0] | Stop-SpiffeDevAgent", first).Expect<object>();

        Assert.Equal([second.ProcessId], Ids());
        _session.Run("Stop-SpiffeDevAgent -ProcessId $args[0]", first.ProcessId)
            .ExpectError("DevAgentNotFound", ErrorCategory.ObjectNotFound);
    }

    [Fact]
    public void WhatIf_starts_and_stops_nothing()
    {
        Assert.Empty(_session.Run("Start-SpiffeDevAgent -WhatIf").Expect<object>());
        DevAgent agent = Start("Start-SpiffeDevAgent");

        _session.Run("Stop-SpiffeDevAgent -WhatIf").Expect<object>();

        Assert.Equal([agent.ProcessId], Ids());
    }

    [Theory]
    [InlineData("-Endpoint /nowhere/agent.sock")]
    [InlineData("-Entry @{ SpiffeId = 'spiffe://other.org/web' }")]
    [InlineData("-Entry @{ SpiffeId = 'spiffe://example.org/web'; KeyType = 'DSA' }")]
    public void An_agent_that_cannot_come_up_says_why(string arguments)
    {
        ErrorRecord error = _session.Run($"Start-SpiffeDevAgent {arguments}")
            .ExpectError("DevAgentFailed", ErrorCategory.OpenError);

        Assert.True(error.Exception.Message.Length > 80, error.Exception.Message);
        Assert.Empty(Ids());
    }

    [Theory]
    [InlineData("@{ Hint = 'x' }", "SpiffeId")]
    [InlineData("@{ SpiffeId = 'spiffe://example.org/web'; Colour = 'red' }", "Colour")]
    [InlineData("@{ SpiffeId = 'http://example.org' }", "spiffe://")]
    [InlineData("@{ SpiffeId = 'spiffe://example.org/web'; TtlSec = 'long' }", "TtlSec")]
    public void An_entry_that_makes_no_sense_is_refused_with_the_key(string entry, string word)
    {
        ErrorRecord error = _session.Run($"Start-SpiffeDevAgent -Entry {entry}")
            .ExpectError("EntryInvalid", ErrorCategory.InvalidArgument);

        Assert.Contains(word, error.Exception.Message, StringComparison.Ordinal);
        Assert.Empty(Ids());
    }

    private DevAgent Start(string script, params object[] arguments) =>
        Describe(Assert.Single(_session.Run(script, arguments).Expect<object>().Select(PSObject.AsPSObject)));

    private int[] Ids() => [.. _session.Run("Get-SpiffeDevAgent").Output.Select(agent => Describe(agent).ProcessId)];

    private static DevAgent Describe(PSObject agent) =>
        new((string)agent.Properties["Endpoint"].Value, (int)agent.Properties["ProcessId"].Value);

    /// <summary>The properties of the module's own type, which these tests do not reference.</summary>
    private sealed record DevAgent(string Endpoint, int ProcessId);
}
