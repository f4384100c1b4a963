using System.Diagnostics;
using System.Globalization;
using System.Net;
using System.Net.Sockets;
using System.Text.Json;
using Grpc.Core;
using Grpc.Net.Client;
using Spiffe.Protocol;
using Spiffe.Testing;

namespace Spiffe.Tests.Endpoint;

/// <summary>The agent, as a process, on a loopback port: its callers are identified all the same.</summary>
public sealed class TcpEndpointTests : ProcessTest
{
    private static readonly Metadata s_header = new() { { "workload.spiffe.io", "true" } };

    // All of 127.0.0.0/8 is loopback: on an address of its own no port is taken by anybody else.
    private readonly string _authority = string.Create(
        CultureInfo.InvariantCulture,
        $"127.{Random.Shared.Next(1, 255)}.{Random.Shared.Next(1, 255)}.{Random.Shared.Next(1, 255)}:{Random.Shared.Next(20_000, 30_000)}");

    [Fact]
    [Trait("Clause", "E-3")]
    [Trait("Clause", "E-6")]
    [Trait("Clause", "E-13")]
    public async Task A_caller_gets_the_identity_of_its_account_without_showing_anything()
    {
        SkipUnlessLinux();
        using Process agent = Start();
        JsonElement ready = await StartServingAsync(agent, $$"""{"endpoint":"tcp://{{_authority}}"}""");
        Assert.Equal($"tcp://{_authority}", ready.GetProperty("endpoint").GetString());

        Assert.Equal($"spiffe://example.org/user/{ThisAccount.Name}", await FetchIdAsync(s_header));

        await EndAsync(agent);
    }

    [Fact]
    [Trait("Clause", "E-5")]
    public async Task The_header_is_required_there_too()
    {
        SkipUnlessLinux();
        using Process agent = Start();
        await StartServingAsync(agent, $$"""{"endpoint":"tcp://{{_authority}}"}""");

        RpcException exception = await Assert.ThrowsAsync<RpcException>(() => FetchIdAsync([]));

        Assert.Equal(StatusCode.InvalidArgument, exception.StatusCode);
        await EndAsync(agent);
    }

    [Fact]
    [Trait("Clause", "E-3")]
    [Trait("Clause", "A-41")]
    public async Task A_caller_that_no_entry_selects_gets_nothing()
    {
        SkipUnlessLinux();
        using Process agent = Start();
        string entries = """[{"spiffeId":"spiffe://example.org/other","selector":["unix:path:/bin/none"]}]""";
        await StartServingAsync(agent, $$"""{"endpoint":"tcp://{{_authority}}","entries":{{entries}}}""");

        RpcException exception = await Assert.ThrowsAsync<RpcException>(() => FetchIdAsync(s_header));

        Assert.Equal(StatusCode.PermissionDenied, exception.StatusCode);
        await EndAsync(agent);
    }

    [Fact]
    public async Task A_port_is_free_again_at_once_and_until_then_refused()
    {
        SkipUnlessLinux();
        string settings = $$"""{"endpoint":"tcp://{{_authority}}"}""";
        using Process first = Start();
        await StartServingAsync(first, settings);
        await FetchIdAsync(s_header);
        using (Process second = Start())
        {
            Assert.Contains(
                "already listens", await RunToFailureAsync(second, settings, exitCode: 1), StringComparison.Ordinal);
        }

        first.Kill();
        await first.WaitForExitAsync(Token);
        using Process third = Start();
        await StartServingAsync(third, settings);

        await FetchIdAsync(s_header);
        await EndAsync(third);
    }

    [Theory]
    [InlineData("E-1", "tcp://0.0.0.0:8081", 1, "cannot be identified")]
    [InlineData("E-1", "tcp://[::]:8081", 1, "cannot be identified")]
    [InlineData("E-3", "tcp://192.0.2.1:8081", 1, "cannot be identified")]
    [InlineData("E-3", "tcp://[2001:db8::1]:8081", 1, "cannot be identified")]
    [InlineData("E-10", "tcp://localhost:8081", 2, "'localhost'")]
    [InlineData("E-11", "tcp://127.0.0.1:0", 2, "1 to 65535")]
    [Trait("Clause", "E-1")]
    [Trait("Clause", "E-3")]
    public async Task Only_a_loopback_address_is_listened_on(string clause, string endpoint, int exitCode, string word)
    {
        using Process agent = Start();

        string said = await RunToFailureAsync(agent, $$"""{"endpoint":"{{endpoint}}"}""", exitCode);

        Assert.True(said.Contains(word, StringComparison.Ordinal), $"{clause}: {said}");
        Assert.Single(said.Trim().Split('\n'));
    }

    [Fact]
    [Trait("Clause", "E-1")]
    public async Task Nothing_but_the_one_address_is_listened_on()
    {
        SkipUnlessLinux();
        using Process agent = Start();
        await StartServingAsync(agent, $$"""{"endpoint":"tcp://{{_authority}}"}""");
        using Socket other = new(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp);

        await Assert.ThrowsAsync<SocketException>(() => other.ConnectAsync(
            new IPEndPoint(IPAddress.Parse("127.0.0.1"), IPEndPoint.Parse(_authority).Port), Token).AsTask());

        await EndAsync(agent);
    }

    [Fact]
    public async Task A_named_pipe_is_served_on_Windows_only()
    {
        Assert.SkipWhen(OperatingSystem.IsWindows(), "Windows has named pipes.");
        using Process agent = Start();

        string said = await RunToFailureAsync(agent, """{"endpoint":"npipe:spiffe-test"}""", exitCode: 1);

        Assert.Contains("Windows only", said, StringComparison.Ordinal);
    }

    private static void SkipUnlessLinux() =>
        Assert.SkipUnless(OperatingSystem.IsLinux(), "Callers over TCP are identified on Linux only.");

    private async Task<string> FetchIdAsync(Metadata headers)
    {
        using GrpcChannel channel = GrpcChannel.ForAddress(
            $"http://{_authority}", new GrpcChannelOptions { HttpHandler = new SocketsHttpHandler { UseProxy = false } });
        using AsyncServerStreamingCall<X509SVIDResponse> call = new SpiffeWorkloadAPI.SpiffeWorkloadAPIClient(channel)
            .FetchX509SVID(new X509SVIDRequest(), headers, cancellationToken: Token);
        Assert.True(await call.ResponseStream.MoveNext(Token));
        return call.ResponseStream.Current.Svids.Single().SpiffeId;
    }

    private async Task EndAsync(Process agent)
    {
        agent.StandardInput.Close();
        await agent.WaitForExitAsync(Token);
        Assert.Equal(0, agent.ExitCode);
    }
}
