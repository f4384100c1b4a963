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
    [Trait("Clause", "E-3")]
    public void It_listens_on_a_loopback_port_on_request()
    {
        Assert.SkipUnless(OperatingSystem.IsLinux(), "Callers over TCP are identified on Linux only.");

        // All of 127.0.0.0/8 is loopback: on an address of its own no port is taken by anybody else.
        string endpoint = $"tcp://127.{Random.Shared.Next(1, 255)}.{Random.Shared.Next(1, 255)}.1:8081";
        PSObject agent = Start("Start-SpiffeDevAgent -Endpoint $args[0] -SetEnvironment", endpoint);

        SessionResult result = _session.Run("Get-SpiffeX509Svid");

        Assert.Equal(endpoint, agent.Properties["Endpoint"].Value);
        Assert.Equal($"/user/{ThisAccount.Name}", Assert.Single(result.Expect<X509Svid>()).SpiffeId.Path);
        Assert.Empty(result.Warnings);
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

    [Theory]
    [InlineData("-Endpoint /nowhere/agent.sock")]
    [InlineData("-Entry @{ SpiffeId = 'spiffe://other.org/web' }")]
    [InlineData("-Entry @{ SpiffeId = 'spiffe://example.org/web'; KeyType = 'DSA' }")]
    public void An_agent_that_cannot_come_up_says_why(string arguments)
    {
        ErrorRecord error = _session.Run($"Start-SpiffeDevAgent {arguments}")
            .ExpectError("DevAgentFailed", ErrorCategory.OpenError);

        Assert.True(error.Exception.Message.Length > 80, error.Exception.Message);
        Assert.Empty(_session.Run("Get-SpiffeDevAgent").Output);
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
        Assert.Empty(_session.Run("Get-SpiffeDevAgent").Output);
    }

    private PSObject Start(string script, params object[] arguments) => Assert.Single(_session.Run(script, arguments).Output);
}
