extern alias client;

using System.Net;
using System.Net.Sockets;
using client::Spiffe.WorkloadApi;
using Grpc.Core;
using Spiffe.Testing;

namespace Spiffe.Tests.Channels;

/// <summary>The Workload API behind other doors than a Unix socket.</summary>
public sealed class EndpointKindTests : ClientTest
{
    [Theory]
    [InlineData("127.0.0.1")]
    [InlineData("::1")]
    [Trait("Clause", "E-8")]
    [Trait("Clause", "E-6")]
    public async Task A_TCP_endpoint_answers_calls_and_streams(string address)
    {
        Assert.SkipWhen(address == "::1" && !Loopback.HasIPv6, "This machine has no IPv6.");
        await using Bridge bridge = Bridge.FromTcp(Server.SocketPath, IPAddress.Parse(address));

        await AskForEverythingAsync(bridge.Endpoint);
    }

    [Fact]
    [Trait("Clause", "E-8")]
    public async Task A_named_pipe_answers_calls_and_streams()
    {
        await using Bridge bridge = Bridge.FromPipe(Server.SocketPath);

        await AskForEverythingAsync(bridge.Endpoint);
    }

    [Fact]
    [Trait("Clause", "E-13")]
    public async Task No_credential_is_sent_through_any_door()
    {
        Server.X509Svids = ScriptedWorkloadApi.Always(Messages.X509Svids(Authority));
        await using Bridge tcp = Bridge.FromTcp(Server.SocketPath, IPAddress.Loopback);
        await using Bridge pipe = Bridge.FromPipe(Server.SocketPath);

        foreach (string endpoint in new[] { Server.Endpoint, tcp.Endpoint, pipe.Endpoint })
        {
            await WorkloadApiClient.For(WorkloadApiEndpoint.Parse(endpoint)).FetchX509SvidsAsync(Token);
        }

        Assert.Equal(3, Server.Requests.Count);
        Assert.All(Server.Requests, request => Assert.DoesNotContain(
            request.Headers, header => header.Key is "authorization" or "proxy-authorization" or "cookie"));
    }

    [Fact]
    public async Task A_port_without_a_listener_is_unreachable()
    {
        using Socket bound = new(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp);
        bound.Bind(new IPEndPoint(IPAddress.Loopback, port: 0));

        SpiffeException exception = await FailAsync($"tcp://{bound.LocalEndPoint}");

        Assert.Equal(SpiffeErrorReason.EndpointUnreachable, exception.Reason);
        Assert.Contains(bound.LocalEndPoint!.ToString()!, exception.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_missing_pipe_and_one_without_a_server_give_different_errors()
    {
        Assert.SkipWhen(OperatingSystem.IsWindows(), "A pipe on Windows ends with its server.");
        string name = "spiffe-test-" + Path.GetRandomFileName();
        string path = Path.Combine(Path.GetTempPath(), "CoreFxPipe_" + name);
        Assert.Equal(SpiffeErrorReason.EndpointNotFound, (await FailAsync("npipe:" + name)).Reason);

        using (Socket killed = new(AddressFamily.Unix, SocketType.Stream, ProtocolType.Unspecified))
        {
            killed.Bind(new UnixDomainSocketEndPoint(path + ".bound"));
            File.Move(path + ".bound", path);
        }

        Assert.Equal(SpiffeErrorReason.EndpointUnreachable, (await FailAsync("npipe:" + name)).Reason);
        File.Delete(path);
    }

    [Fact]
    public async Task A_call_to_a_pipe_that_does_not_answer_ends_with_the_caller()
    {
        using CancellationTokenSource source = CancellationTokenSource.CreateLinkedTokenSource(Token);
        TaskCompletionSource asked = new();
        Server.X509Svids = async (_, token) =>
        {
            asked.SetResult();
            await Task.Delay(Timeout.Infinite, token);
        };
        await using Bridge bridge = Bridge.FromPipe(Server.SocketPath);
        IWorkloadApi client = WorkloadApiClient.For(WorkloadApiEndpoint.Parse(bridge.Endpoint));
        Task<IReadOnlyList<X509Svid>> fetch = Task.Run(() => client.FetchX509SvidsAsync(source.Token), Token);
        await asked.Task.WaitAsync(Token);

        await source.CancelAsync();

        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => fetch);
        await Eventually.TrueAsync(() => Server.OpenCalls == 0, Token);
    }

    private static async Task<SpiffeException> FailAsync(string endpoint) => await Assert.ThrowsAsync<SpiffeException>(
        () => WorkloadApiClient.For(WorkloadApiEndpoint.Parse(endpoint)).FetchX509SvidsAsync(Token));

    private async Task AskForEverythingAsync(string endpoint)
    {
        Server.X509Svids = ScriptedWorkloadApi.Always(Messages.X509Svids(Authority));
        Server.JwtSvids = _ => throw new RpcException(new Status(StatusCode.PermissionDenied, "no identity issued"));
        IWorkloadApi api = WorkloadApiClient.For(WorkloadApiEndpoint.Parse(endpoint));

        Assert.Single(await api.FetchX509SvidsAsync(Token));
        await foreach (WatchEvent<IReadOnlyList<X509Svid>> news in api.WatchX509SvidsAsync(Token))
        {
            Assert.Single(news.Value!);
            break;
        }

        SpiffeException refused = await Assert.ThrowsAsync<SpiffeException>(
            () => api.FetchJwtSvidsAsync(["a"], spiffeId: null, Token));
        Assert.Equal(SpiffeErrorReason.NoIdentityIssued, refused.Reason);
        Assert.Contains(endpoint, refused.Message, StringComparison.Ordinal);
    }
}
