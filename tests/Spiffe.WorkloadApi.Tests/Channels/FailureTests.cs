extern alias client;

using System.Net.Sockets;
using Grpc.Core;
using Spiffe.Protocol;
using Spiffe.Testing;
using client::Spiffe.WorkloadApi;

namespace Spiffe.Tests.Channels;

public sealed class FailureTests : IDisposable
{
    private readonly DirectoryInfo _folder = Directory.CreateTempSubdirectory("spiffe-test-");

    private string SocketPath => Path.Combine(_folder.FullName, "agent.sock");

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    public void Dispose() => _folder.Delete(recursive: true);

    [Theory]
    [InlineData(StatusCode.PermissionDenied, "no identity issued", SpiffeErrorReason.NoIdentityIssued)]
    [InlineData(StatusCode.Unavailable, "workload attestation failed", SpiffeErrorReason.AgentUnavailable)]
    [InlineData(StatusCode.Unavailable, "rate limit exceeded for FetchX509SVID", SpiffeErrorReason.RateLimited)]
    [InlineData(StatusCode.ResourceExhausted, "slow down", SpiffeErrorReason.RateLimited)]
    [InlineData(StatusCode.ResourceExhausted, "grpc: received message larger than max (5 vs. 4)", SpiffeErrorReason.RequestRejected)]
    [InlineData(StatusCode.ResourceExhausted, "Received message exceeds the maximum configured message size.", SpiffeErrorReason.RequestRejected)]
    [InlineData(StatusCode.Internal, "Bad gRPC response. HTTP status code: 404", SpiffeErrorReason.AgentUnavailable)]
    [InlineData(StatusCode.InvalidArgument, "security header missing from request", SpiffeErrorReason.RequestRejected)]
    [InlineData(StatusCode.Unimplemented, "no X.509 here", SpiffeErrorReason.ProfileNotSupported)]
    [InlineData(StatusCode.Internal, "oops", SpiffeErrorReason.AgentUnavailable)]
    [InlineData(StatusCode.DeadlineExceeded, "late", SpiffeErrorReason.Timeout)]
    public async Task A_status_becomes_a_reason_and_keeps_the_servers_words(
        StatusCode code, string words, SpiffeErrorReason reason)
    {
        await using ScriptedWorkloadApi server = await ScriptedWorkloadApi.StartAsync();
        server.X509Svids = ScriptedWorkloadApi.Fail<X509SVIDResponse>(code, words);

        SpiffeException exception = await FetchAsync(server.SocketPath);

        Assert.Equal(reason, exception.Reason);
        Assert.Contains(words, exception.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_missing_socket_and_one_without_a_listener_give_different_errors()
    {
        Assert.Equal(SpiffeErrorReason.EndpointNotFound, (await FetchAsync(SocketPath)).Reason);
        Abandon(SocketPath);
        Assert.Equal(SpiffeErrorReason.EndpointUnreachable, (await FetchAsync(SocketPath)).Reason);
    }

    [Fact]
    public async Task A_file_or_a_folder_in_place_of_the_socket_is_an_error()
    {
        Assert.SkipUnless(OperatingSystem.IsLinux(), "what a path leads to is looked at on Linux");
        await File.WriteAllTextAsync(SocketPath, "", Token);
        SpiffeException file = await FetchAsync(SocketPath);
        SpiffeException folder = await FetchAsync(Path.GetDirectoryName(SocketPath)!);

        Assert.All([file, folder], exception => Assert.Equal(SpiffeErrorReason.EndpointNotFound, exception.Reason));
        Assert.Contains("not a socket", file.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_path_with_control_characters_is_escaped_in_the_message()
    {
        string path = SocketPath + "\u001b[31m";
        SpiffeException absent = await FetchAsync(path);
        Abandon(path);
        SpiffeException dead = await FetchAsync(path);

        Assert.Equal(SpiffeErrorReason.EndpointNotFound, absent.Reason);
        Assert.Equal(SpiffeErrorReason.EndpointUnreachable, dead.Reason);
        Assert.All([absent, dead], exception => Assert.DoesNotContain(exception.Message, char.IsControl));
    }

    [Theory]
    [InlineData("HTTP/1.1 400 Bad Request\r\nContent-Length: 0\r\n\r\n", SpiffeErrorReason.ResponseInvalid)]
    [InlineData("SSH-2.0-OpenSSH_9.2\r\n", SpiffeErrorReason.ResponseInvalid)]
    [InlineData("", SpiffeErrorReason.EndpointUnreachable)]
    public async Task A_server_that_is_not_gRPC_is_recognised(string greeting, SpiffeErrorReason reason)
    {
        using RawServer server = new();
        Task served = server.GreetAsync(greeting, Token);

        SpiffeException exception = await FetchAsync(server.SocketPath);
        await served;

        Assert.Equal(reason, exception.Reason);
    }

    [Theory]
    [InlineData("SSH-2.0-OpenSSH_9.2\r\n", SpiffeErrorReason.ResponseInvalid)]
    [InlineData("", SpiffeErrorReason.EndpointUnreachable)]
    public async Task A_server_that_speaks_first_and_hangs_up_is_recognised(string greeting, SpiffeErrorReason reason)
    {
        using RawServer server = new();
        Task served = server.BlurtAsync(greeting, Token);

        SpiffeException exception = await FetchAsync(server.SocketPath);
        await served;

        Assert.Equal(reason, exception.Reason);
    }

    [Fact]
    public async Task A_message_over_the_limit_is_refused()
    {
        await using ScriptedWorkloadApi server = await ScriptedWorkloadApi.StartAsync();
        server.X509Svids = ScriptedWorkloadApi.Always(new X509SVIDResponse
        {
            Svids = { new X509SVID { SpiffeId = new string('x', 17 * 1024 * 1024) } },
        });

        SpiffeException exception = await FetchAsync(server.SocketPath);

        Assert.Equal(SpiffeErrorReason.ResponseInvalid, exception.Reason);
    }

    [Fact]
    public async Task A_server_that_closes_without_a_message_is_unavailable()
    {
        await using ScriptedWorkloadApi server = await ScriptedWorkloadApi.StartAsync();
        server.X509Svids = (_, _) => Task.CompletedTask;

        Assert.Equal(SpiffeErrorReason.AgentUnavailable, (await FetchAsync(server.SocketPath)).Reason);
    }

    [Fact]
    public async Task A_server_that_never_answers_waits_for_the_caller_to_give_up()
    {
        using RawServer server = new();
        using CancellationTokenSource source = CancellationTokenSource.CreateLinkedTokenSource(Token);
        IWorkloadApi client = WorkloadApiClient.For(WorkloadApiEndpoint.ParseUserInput(server.SocketPath));
        Task<IReadOnlyList<X509Svid>> fetch = Task.Run(() => client.FetchX509SvidsAsync(source.Token), Token);
        using Socket connection = await server.AcceptAsync(Token);

        await source.CancelAsync();

        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => fetch);
    }

    [Fact]
    public async Task A_client_works_again_after_the_server_was_replaced()
    {
        byte[] firstBundle = await RunServerOnceAsync();
        byte[] secondBundle = await RunServerOnceAsync();

        Assert.NotEqual(firstBundle, secondBundle);

        async Task<byte[]> RunServerOnceAsync()
        {
            TestAuthority authority = TestAuthority.Create();
            await using ScriptedWorkloadApi server = await ScriptedWorkloadApi.StartAsync(SocketPath);
            server.X509Svids = ScriptedWorkloadApi.Always(Messages.X509Svids(authority));
            IWorkloadApi client = WorkloadApiClient.For(WorkloadApiEndpoint.ParseUserInput(SocketPath));
            return (await client.FetchX509SvidsAsync(Token))[0].Bundle.ToDer();
        }
    }

    private static async Task<SpiffeException> FetchAsync(string path) => await Assert.ThrowsAsync<SpiffeException>(
        () => WorkloadApiClient.For(WorkloadApiEndpoint.ParseUserInput(path)).FetchX509SvidsAsync(Token));

    /// <summary>Leaves a socket without a listener. .NET removes the file of one that it bound, under the name that it had then.</summary>
    private static void Abandon(string path)
    {
        using Socket abandoned = new(AddressFamily.Unix, SocketType.Stream, ProtocolType.Unspecified);
        abandoned.Bind(new UnixDomainSocketEndPoint(path + ".bound"));
        File.Move(path + ".bound", path);
    }
}
