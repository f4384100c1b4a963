using System.Management.Automation;
using System.Net.Sockets;
using Google.Protobuf;
using Grpc.Core;
using Spiffe.Protocol;
using Spiffe.Testing;
using Spiffe.Tests.Hosting;

namespace Spiffe.Tests.Commands;

/// <summary>Every error that a call of the Workload API can end with, each at a real socket.</summary>
public sealed class ErrorTests : CommandTest
{
    [Theory]
    [InlineData("http://example.org", "EndpointInvalid", ErrorCategory.InvalidArgument)]
    [InlineData("unix://foo", "EndpointInvalid", ErrorCategory.InvalidArgument)]
    [InlineData("relative.sock", "EndpointNotFound", ErrorCategory.ObjectNotFound)]
    [InlineData("tcp://localhost:80", "EndpointInvalid", ErrorCategory.InvalidArgument)]
    [InlineData("tcp://127.0.0.1", "EndpointInvalid", ErrorCategory.InvalidArgument)]
    [InlineData("tcp://127.0.0.1:1", "EndpointUnreachable", ErrorCategory.ConnectionError)]
    [InlineData("npipe:spiffe-test-nowhere", "EndpointNotFound", ErrorCategory.ObjectNotFound)]
    [InlineData("/nowhere/agent.sock", "EndpointNotFound", ErrorCategory.ObjectNotFound)]
    public void An_endpoint_that_cannot_be_used_is_named(string endpoint, string id, ErrorCategory category)
    {
        ErrorRecord error = Session.Run("Get-SpiffeX509Svid -Endpoint $args[0]", endpoint).ExpectError(id, category);

        Assert.Equal(endpoint, error.TargetObject);
    }

    [Fact]
    public void A_file_in_place_of_the_socket_is_an_error()
    {
        Assert.SkipUnless(OperatingSystem.IsLinux(), "what a path leads to is looked at on Linux");
        string path = Path.GetTempFileName();

        Session.Run("Get-SpiffeX509Svid -Endpoint $args[0]", path)
            .ExpectError("EndpointNotFound", ErrorCategory.ObjectNotFound);
        File.Delete(path);
    }

    [Fact]
    public async Task A_server_that_is_not_gRPC_is_recognised()
    {
        using RawServer server = new();
        Task served = server.GreetAsync("HTTP/1.1 400 Bad Request\r\n\r\n", Token);

        Session.Run("Get-SpiffeX509Svid -Endpoint $args[0]", server.SocketPath)
            .ExpectError("ResponseInvalid", ErrorCategory.InvalidData);

        await served;
    }

    [Fact]
    public void A_server_that_never_answers_ends_with_the_time()
    {
        using RawServer server = new();

        Session.Run("Get-SpiffeX509Svid -Endpoint $args[0] -TimeoutSec 1", server.SocketPath)
            .ExpectError("Timeout", ErrorCategory.OperationTimeout);
    }

    [Theory]
    [InlineData(StatusCode.PermissionDenied, "no identity issued", "NoIdentityIssued", ErrorCategory.PermissionDenied)]
    [InlineData(StatusCode.InvalidArgument, "security header missing from request", "RequestRejected", ErrorCategory.InvalidArgument)]
    [InlineData(StatusCode.Unavailable, "workload attestation failed", "AgentUnavailable", ErrorCategory.ResourceUnavailable)]
    [InlineData(StatusCode.Unavailable, "rate limit exceeded for X", "RateLimited", ErrorCategory.LimitsExceeded)]
    [InlineData(StatusCode.ResourceExhausted, "too much", "RateLimited", ErrorCategory.LimitsExceeded)]
    [InlineData(StatusCode.Unimplemented, "no", "ProfileNotSupported", ErrorCategory.NotImplemented)]
    public void A_status_of_the_agent_has_its_id(StatusCode code, string words, string id, ErrorCategory category)
    {
        Server.X509Svids = ScriptedWorkloadApi.Fail<X509SVIDResponse>(code, words);

        ErrorRecord error = Run("Get-SpiffeX509Svid -Endpoint $args[0]").ExpectError(id, category);

        Assert.Contains(words, error.Exception.Message, StringComparison.Ordinal);
    }

    public static TheoryData<string, ErrorCategory, Action<X509SVID>> Damages => new()
    {
        { "ResponseInvalid", ErrorCategory.InvalidData, svid => svid.Bundle = ByteString.Empty },
        { "ResponseInvalid", ErrorCategory.InvalidData, svid => svid.X509Svid = ByteString.CopyFromUtf8("not DER") },
        { "SvidInvalid", ErrorCategory.SecurityError, svid => svid.X509SvidKey = ByteString.CopyFrom(Authority.Issue("spiffe://example.org/b").Pkcs8Key) },
        { "SvidInvalid", ErrorCategory.SecurityError, svid => svid.SpiffeId = "spiffe://example.org/other" },
    };

    [Theory]
    [MemberData(nameof(Damages), DisableDiscoveryEnumeration = true)]
    public void A_damaged_answer_gives_an_error_and_no_output(string id, ErrorCategory category, Action<X509SVID> damage)
    {
        X509SVIDResponse message = Messages.X509Svids(Authority);
        damage(message.Svids[0]);
        Server.X509Svids = ScriptedWorkloadApi.Always(message);

        SessionResult result = Run("Get-SpiffeX509Svid -Endpoint $args[0]");

        result.ExpectError(id, category);
        Assert.Empty(result.Output);
    }

    [Fact]
    public async Task Stopping_a_waiting_call_is_not_an_error()
    {
        using RawServer server = new();
        using PowerShell shell = Session.Create("Get-SpiffeX509Svid -Endpoint $args[0]", server.SocketPath);
        IAsyncResult running = shell.BeginInvoke();
        using Socket connection = await server.AcceptAsync(Token);

        shell.Stop();

        Assert.True(running.IsCompleted);
        Assert.Empty(shell.Streams.Error);
    }
}
