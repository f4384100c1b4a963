using System.Management.Automation;
using System.Net;
using System.Net.Sockets;
using Spiffe.Testing;
using Spiffe.Tests.Hosting;

namespace Spiffe.Tests.Commands;

public sealed class TestSpiffeTlsConnectionTests : PeerCommandTest
{
    private const string Test = "Test-SpiffeTlsConnection $args[1] -Endpoint $args[0] ";

    [Fact]
    public async Task A_server_that_is_allowed_is_true_and_Detailed_has_a_row_a_step()
    {
        Issue();
        await using TlsWebServer server = await StartServerAsync();

        Assert.Equal([true], Run(Test + "-AllowSpiffeId " + WebId, server.Address.Authority).Expect<bool>());
        SessionResult result = Run(Test + "-AllowAny -Detailed", server.Address.Authority);

        Assert.Empty(result.Errors);
        string[] steps = [.. result.Output.Select(step => step.Properties["Step"].Value.ToString()!)];
        Assert.Equal(["Identity", "Name", "TCP", "TLS", "Chain", "Peer"], steps[..6]);
        Assert.Contains("Validity", steps);
        Assert.Equal(["Expiry", "Authorisation", "Admission"], steps[^3..]);
        Assert.Contains(result.Output, step => step.Properties["Finding"].Value.ToString()!.Contains("Tls13", StringComparison.Ordinal));
        Assert.DoesNotContain("Failed", result.Output.Select(step => step.Properties["Outcome"].Value.ToString()));
    }

    [Theory]
    [InlineData("-AllowSpiffeId spiffe://example.org/other", "Authorisation")]
    [InlineData("-AllowTrustDomain @()", "Authorisation")]
    public async Task A_server_that_is_not_allowed_is_false_and_fails_at_that_step(string rule, string step)
    {
        Issue();
        await using TlsWebServer server = await StartServerAsync();

        Assert.Equal([false], Run(Test + rule, server.Address.Authority).Expect<bool>());
        Assert.Equal(step, FailedStep(rule, server.Address.Authority));
    }

    [Fact]
    public async Task A_server_of_a_foreign_authority_fails_at_the_rule_that_it_breaks()
    {
        Issue();
        await using TlsWebServer server = await TlsWebServer.StartAsync(CreateOptions(TestAuthority.Create(), WebId));

        Assert.Equal("Path to an authority", FailedStep("-AllowAny", server.Address.Authority));
    }

    [Fact]
    public async Task A_server_that_refuses_this_side_fails_at_the_admission()
    {
        Issue();
        await using TlsWebServer server = await StartServerAsync();

        Assert.Equal("Admission", FailedStep("-AllowAny -NoClientCertificate", server.Address.Authority));
    }

    [Theory]
    [InlineData("hello", "Address")]
    [InlineData("127.0.0.1:0", "Address")]
    [InlineData("::1:443", "Address")]
    [InlineData("no-such-host.invalid:443", "Name")]
    [InlineData("127.0.0.1:1", "TCP")]
    public void Where_the_way_ends_there_is_a_row_with_advice(string address, string step)
    {
        Issue();

        Assert.Equal(step, FailedStep("-AllowAny", address));
    }

    [Fact]
    public async Task A_server_without_TLS_fails_at_TLS()
    {
        Issue();
        using TcpListener listener = new(IPAddress.Loopback, 0);
        listener.Start();
        Task answering = Task.Run(
            async () =>
            {
                using TcpClient client = await listener.AcceptTcpClientAsync(Token);
                await client.GetStream().WriteAsync("220 smtp ready\r\n"u8.ToArray(), Token);
                await client.GetStream().CopyToAsync(Stream.Null, Token);
            },
            Token);

        Assert.Equal("TLS", FailedStep("-AllowAny", listener.LocalEndpoint.ToString()!));
        await answering;
    }

    [Fact]
    public void An_agent_that_issues_nothing_is_a_row_too()
    {
        Server.X509Svids = ScriptedWorkloadApi.Fail<Spiffe.Protocol.X509SVIDResponse>(Grpc.Core.StatusCode.PermissionDenied, "no");

        Assert.Equal("Identity", FailedStep("-AllowAny", "127.0.0.1:1"));
    }

    private string FailedStep(string arguments, string address)
    {
        SessionResult result = Run(Test + arguments + " -Detailed", address);
        Assert.Empty(result.Errors);
        PSObject failed = Assert.Single(result.Output, step => step.Properties["Outcome"].Value.ToString() == "Failed");
        Assert.NotEmpty(failed.Properties["Advice"].Value.ToString()!);
        return failed.Properties["Step"].Value.ToString()!;
    }
}
