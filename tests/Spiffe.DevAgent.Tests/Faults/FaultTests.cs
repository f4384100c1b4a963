using Grpc.Core;
using Spiffe.Protocol;

namespace Spiffe.Tests.Faults;

/// <summary>What clients see of each fault, and that it ends when it is switched off.</summary>
public sealed class FaultTests : AgentTest
{
    [Theory]
    [InlineData("Unavailable", StatusCode.Unavailable)]
    [InlineData("PermissionDenied", StatusCode.PermissionDenied)]
    [InlineData("RateLimited", StatusCode.Unavailable)]
    public async Task A_status_ends_open_streams_and_new_calls_alike(string fault, StatusCode status)
    {
        SpiffeWorkloadAPI.SpiffeWorkloadAPIClient client = await StartAsync();
        using AsyncServerStreamingCall<X509SVIDResponse> call = Open(client);
        await NextAsync(call);

        Update($$"""{ "faults": [ "{{fault}}" ] }""");

        Assert.Equal(status, await FailAsync(call.ResponseStream.MoveNext(Token)));
        Assert.Equal(status, await FailAsync(Open(client).ResponseStream.MoveNext(Token)));
        Assert.Equal(status, await FailAsync(IssueAsync(client)));
        Update("""{ "faults": [] }""");
        await FetchAsync(client);
        await IssueAsync(client);
    }

    [Fact]
    public async Task A_hanging_agent_answers_once_it_hangs_no_more()
    {
        SpiffeWorkloadAPI.SpiffeWorkloadAPIClient client = await StartAsync();
        Update("""{ "faults": [ "Hang" ] }""");
        using AsyncServerStreamingCall<X509SVIDResponse> call = Open(client);
        using CancellationTokenSource source = CancellationTokenSource.CreateLinkedTokenSource(Token);
        Task<JWTSVIDResponse> given = client.FetchJWTSVIDAsync(
            new JWTSVIDRequest { Audience = { "orders" } }, Header, cancellationToken: source.Token).ResponseAsync;
        Task<X509SVIDResponse> next = NextAsync(call);

        await Task.Delay(TimeSpan.FromMilliseconds(200), Token);
        Assert.False(next.IsCompleted);
        await source.CancelAsync();
        Assert.Equal(StatusCode.Cancelled, await FailAsync(given));
        Update("""{ "faults": [] }""");

        Assert.Single((await next).Svids);
    }

    [Fact]
    public async Task A_hanging_agent_still_stops()
    {
        SpiffeWorkloadAPI.SpiffeWorkloadAPIClient client = await StartAsync();
        Update("""{ "faults": [ "Hang" ] }""");
        Task<bool> waiting = Open(client).ResponseStream.MoveNext(Token);

        await StopAsync().WaitAsync(TimeSpan.FromSeconds(10), Token);

        Assert.Equal(StatusCode.Unavailable, await FailAsync(waiting));
    }

    [Fact]
    public async Task A_stream_can_be_closed_behind_its_first_message_and_while_it_waits()
    {
        SpiffeWorkloadAPI.SpiffeWorkloadAPIClient client = await StartAsync();
        using AsyncServerStreamingCall<X509SVIDResponse> open = Open(client);
        await NextAsync(open);

        Update("""{ "faults": [ "CloseStream" ] }""");
        using AsyncServerStreamingCall<X509SVIDResponse> late = Open(client);
        await NextAsync(late);

        Assert.False(await open.ResponseStream.MoveNext(Token));
        Assert.False(await late.ResponseStream.MoveNext(Token));
    }

    [Fact]
    public async Task A_dropped_connection_takes_every_stream_along()
    {
        SpiffeWorkloadAPI.SpiffeWorkloadAPIClient client = await StartAsync();
        AsyncServerStreamingCall<X509SVIDResponse>[] calls = [Open(client), Open(client)];
        await NextAsync(calls[0]);
        await NextAsync(calls[1]);

        Update("""{ "faults": [ "DropConnection" ] }""");

        Assert.All(
            await Task.WhenAll(calls.Select(call => FailAsync(call.ResponseStream.MoveNext(Token)))),
            status => Assert.NotEqual(StatusCode.OK, status));
        Assert.Equal(StatusCode.Unavailable, await FailAsync(IssueAsync(client)));
        Update("""{ "faults": [] }""");
        await IssueAsync(client);
    }

    [Fact]
    public async Task A_delay_holds_up_each_call()
    {
        SpiffeWorkloadAPI.SpiffeWorkloadAPIClient client = await StartAsync();
        Update("""{ "delayMs": 300 }""");

        long start = Environment.TickCount64;
        await IssueAsync(client);

        Assert.True(Environment.TickCount64 - start >= 290, "the answer came too early");
        Update("""{ "delayMs": 0, "faults": [ "Unavailable" ] }""");
        Update("""{ "delayMs": 10 }""");
        Assert.Equal(StatusCode.Unavailable, await FailAsync(IssueAsync(client)));
    }

    [Fact]
    [Trait("Clause", "E-5")]
    public async Task Faults_leave_health_alone_and_come_behind_the_security_header()
    {
        SpiffeWorkloadAPI.SpiffeWorkloadAPIClient client = await StartAsync();
        Update("""{ "faults": [ "Unavailable", "Hang" ] }""");

        Assert.Equal(
            StatusCode.InvalidArgument,
            await FailAsync(client.FetchJWTSVIDAsync(new JWTSVIDRequest { Audience = { "orders" } }, cancellationToken: Token).ResponseAsync));
        Grpc.Health.V1.HealthCheckResponse health = await new Grpc.Health.V1.Health.HealthClient(Channel)
            .CheckAsync(new Grpc.Health.V1.HealthCheckRequest(), cancellationToken: Token);
        Assert.Equal(Grpc.Health.V1.HealthCheckResponse.Types.ServingStatus.Serving, health.Status);
    }

    private static async Task<JWTSVIDResponse> IssueAsync(SpiffeWorkloadAPI.SpiffeWorkloadAPIClient client) =>
        await client.FetchJWTSVIDAsync(new JWTSVIDRequest { Audience = { "orders" } }, Header, cancellationToken: Token);

    private static async Task<StatusCode> FailAsync(Task call) =>
        (await Assert.ThrowsAsync<RpcException>(() => call)).StatusCode;
}
