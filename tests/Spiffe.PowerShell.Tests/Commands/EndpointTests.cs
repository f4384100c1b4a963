using System.Management.Automation;
using System.Net;
using Spiffe.Testing;
using Spiffe.Tests.Hosting;

namespace Spiffe.Tests.Commands;

/// <summary>Where a cmdlet may find the Workload API beside a Unix socket.</summary>
public sealed class EndpointTests : CommandTest
{
    [Fact]
    [Trait("Clause", "E-8")]
    [Trait("Clause", "E-3")]
    public async Task A_TCP_port_of_this_machine_is_asked_without_a_warning()
    {
        Server.X509Svids = ScriptedWorkloadApi.Always(Messages.X509Svids(Authority));
        await using Bridge bridge = Bridge.FromTcp(Server.SocketPath, IPAddress.Loopback);

        SessionResult result = Session.Run("Get-SpiffeX509Svid -Endpoint $args[0]", bridge.Endpoint);

        Assert.Single(result.Output);
        Assert.Empty(result.Warnings);
    }

    [Fact]
    [Trait("Clause", "E-8")]
    public async Task A_named_pipe_is_asked_by_its_name()
    {
        Server.X509Svids = ScriptedWorkloadApi.Always(Messages.X509Svids(Authority));
        await using Bridge bridge = Bridge.FromPipe(Server.SocketPath);

        SessionResult result = Session.Run("Get-SpiffeX509Svid -Endpoint $args[0]", bridge.Endpoint);

        Assert.Single(result.Output);
        Assert.Empty(result.Warnings);
    }

    [Fact]
    [Trait("Clause", "E-3")]
    public void An_address_that_is_not_loopback_gives_one_warning_for_the_command()
    {
        SessionResult result = Session.Run("'a', 'b' | Test-SpiffeJwt -Audience x -Endpoint $args[0]", "tcp://0.0.0.0:1");

        result.ExpectError("EndpointUnreachable", ErrorCategory.ConnectionError);
        Assert.Contains("tcp://0.0.0.0:1", Assert.Single(result.Warnings), StringComparison.Ordinal);
    }
}
