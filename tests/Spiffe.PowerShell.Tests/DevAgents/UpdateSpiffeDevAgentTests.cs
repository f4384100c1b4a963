using System.Management.Automation;
using Spiffe.Tests.Commands;
using Spiffe.Tests.Hosting;

namespace Spiffe.Tests.DevAgents;

/// <summary>What an update does is proved where the agent is; here that the cmdlet says it, and what it says of failures.</summary>
[Collection(nameof(EnvironmentTests))]
public sealed class UpdateSpiffeDevAgentTests : IDisposable
{
    private readonly ModuleSession _session = new();

    public void Dispose()
    {
        _session.Run("Stop-SpiffeDevAgent");
        _session.Dispose();
    }

    [Fact]
    public void Entries_are_added_changed_and_removed()
    {
        Start("-Entry @{ SpiffeId = 'spiffe://example.org/a' }");

        Update("-Entry @{ SpiffeId = 'spiffe://example.org/b'; Hint = 'old' }");
        Update("-Entry @{ SpiffeId = 'spiffe://example.org/b'; Hint = 'new' } -RemoveEntry spiffe://example.org/a");

        X509Svid svid = Assert.Single(Fetch().Expect<X509Svid>());
        Assert.Equal("spiffe://example.org/b", svid.SpiffeId.ToString());
        Assert.Equal("new", svid.Hint);
    }

    [Fact]
    public void An_identity_is_withheld_and_given_again()
    {
        Start("-Entry @{ SpiffeId = 'spiffe://example.org/a' }");

        Update("-Redact spiffe://example.org/a");
        Fetch().ExpectError("NoIdentityIssued", ErrorCategory.PermissionDenied);
        Update("-Restore");

        Assert.Single(Fetch().Expect<X509Svid>());
    }

    [Theory]
    [InlineData("Svid", false)]
    [InlineData("X509Authority", true)]
    public void A_rotation_is_seen_by_a_watch(string what, bool isAuthority)
    {
        Start(string.Empty);

        IReadOnlyList<SvidUpdate> updates = _session.Run(
            $"Watch-SpiffeSvid -Count 2 -TimeoutSec 30 | ForEach-Object {{ $_; Update-SpiffeDevAgent -Rotate {what} }}")
            .Expect<SvidUpdate>();

        X509Svid[] svids = [.. updates.Select(update => (X509Svid)update.Svids[0])];
        Assert.Equal(isAuthority, svids[0].Thumbprint == svids[1].Thumbprint);
        Assert.Equal(isAuthority ? 2 : 1, svids[1].Bundle.X509Authorities.Count);
    }

    [Fact]
    public void The_JWT_key_is_rotated_too()
    {
        Start(string.Empty);

        Update("-Rotate JwtAuthority");

        Assert.Equal(2, _session.Run("Get-SpiffeBundle -Type Jwt").Expect<SpiffeBundle>()[0].JwtAuthorities.Count);
    }

    [Theory]
    [InlineData("Hang")]
    [InlineData("CloseStream")]
    [InlineData("NoToken")]
    [InlineData("NoBundles")]
    [InlineData("NoClaims")]
    public void The_agent_knows_the_other_faults_too(string fault)
    {
        Start(string.Empty);

        Assert.Contains(
            $"faults {fault},",
            Assert.Single(Update($"-Fault {fault} -PassThru").Output).Properties["RecentLog"].Value is IReadOnlyList<string> log
                ? WaitForLine(log)
                : string.Empty,
            StringComparison.Ordinal);
    }

    [Fact]
    public void A_hanging_agent_makes_a_call_time_out_and_a_delay_lets_it_wait()
    {
        Start(string.Empty);

        Update("-Fault Hang");
        _session.Run("Get-SpiffeX509Svid -TimeoutSec 1").ExpectError("Timeout", ErrorCategory.OperationTimeout);
        Update("-ClearFault -DelayMs 10");

        Assert.Single(Fetch().Expect<X509Svid>());
    }

    [Theory]
    [InlineData("-RemoveEntry spiffe://example.org/nobody", "DevAgentRefused")]
    [InlineData("-Entry @{ SpiffeId = 'spiffe://other.org/x' }", "DevAgentRefused")]
    [InlineData("-Redact spiffe://example.org", "DevAgentRefused")]
    [InlineData("-Entry @{ SpiffeId = 'spiffe://example.org/x'; Colour = 'red' }", "EntryInvalid")]
    public void What_cannot_be_done_is_an_error_and_changes_nothing(string arguments, string id)
    {
        Start("-Entry @{ SpiffeId = 'spiffe://example.org/a' }");

        Update(arguments, expectErrors: true).ExpectError(id, ErrorCategory.InvalidArgument);

        Assert.Single(Fetch().Expect<X509Svid>());
    }

    [Fact]
    public void An_agent_that_is_not_there_is_not_found_and_one_that_died_is_cleared_away()
    {
        Update("-ClearFault -ProcessId 1", expectErrors: true).ExpectError("DevAgentNotFound", ErrorCategory.ObjectNotFound);
        PSObject agent = Start(string.Empty);
        string endpoint = (string)agent.Properties["Endpoint"].Value;
        Assert.Equal(endpoint, Environment.GetEnvironmentVariable(WorkloadApiEndpoint.EnvironmentVariable));

        using (System.Diagnostics.Process process = System.Diagnostics.Process.GetProcessById((int)agent.Properties["ProcessId"].Value))
        {
            process.Kill();
            process.WaitForExit();
        }

        Assert.Empty(_session.Run("Get-SpiffeDevAgent").Output);
        Assert.Null(Environment.GetEnvironmentVariable(WorkloadApiEndpoint.EnvironmentVariable));
        Assert.False(Directory.Exists(Path.GetDirectoryName(endpoint["unix://".Length..])));
    }

    [Fact]
    public void WhatIf_changes_nothing()
    {
        Start(string.Empty);

        Assert.Empty(Update("-Fault Unavailable -WhatIf").Output);

        Assert.Single(Fetch().Expect<X509Svid>());
    }

    [Fact]
    public async Task Several_runspaces_may_stop_and_look_at_the_same_agents()
    {
        for (int round = 0; round < 3; round++)
        {
            Start(string.Empty);
            using ModuleSession second = new();
            using ModuleSession third = new();

            SessionResult[] results = await Task.WhenAll(
                Task.Run(() => _session.Run("Stop-SpiffeDevAgent")),
                Task.Run(() => second.Run("Stop-SpiffeDevAgent")),
                Task.Run(() => third.Run("1..50 | ForEach-Object { Get-SpiffeDevAgent }")));

            Assert.All(results, result => Assert.Empty(result.Errors));
        }
    }

    private PSObject Start(string arguments) =>
        Assert.Single(_session.Run($"Start-SpiffeDevAgent -SetEnvironment {arguments}").Expect<object>().Select(PSObject.AsPSObject));

    private SessionResult Fetch() => _session.Run("Get-SpiffeX509Svid");

    private SessionResult Update(string arguments, bool expectErrors = false)
    {
        SessionResult result = _session.Run($"Update-SpiffeDevAgent {arguments}");
        Assert.True(expectErrors || result.Errors.Count == 0, result.Errors.Count > 0 ? result.Errors[0].ToString() : null);
        return result;
    }

    // The log comes over another pipe than the answer, and may be a little behind it.
    private string WaitForLine(IReadOnlyList<string> log)
    {
        for (int i = 0; i < 500 && !log.Any(line => line.Contains("updated:", StringComparison.Ordinal)); i++)
        {
            Thread.Sleep(10);
            log = (IReadOnlyList<string>)_session.Run("Get-SpiffeDevAgent").Output[0].Properties["RecentLog"].Value;
        }

        return string.Join('\n', log);
    }
}
