extern alias client;

using Grpc.Core;
using Spiffe.Protocol;
using Spiffe.Testing;
using client::Spiffe.WorkloadApi;

namespace Spiffe.Tests.Streams;

public sealed class JwtSvidWatchTests : ClientTest
{
    [Theory]
    [InlineData(300, 135)]
    [InlineData(4, 1.8)]
    [InlineData(1, 1)]
    [InlineData(-5, 1)]
    [InlineData(400 * 86400.0, 86400)]
    public void A_token_is_replaced_before_half_of_its_life_is_gone(double secondsLeft, double expected)
    {
        Assert.Equal(expected, JwtSvidWatch.RefreshIn(TimeSpan.FromSeconds(secondsLeft)).TotalSeconds, tolerance: 0.001);
    }

    [Fact]
    public async Task A_JWT_SVID_is_asked_for_again_by_itself()
    {
        Server.JwtSvids = _ => Issue(TimeSpan.FromSeconds(3));
        await using IAsyncEnumerator<WatchEvent<IReadOnlyList<JwtSvid>>> watch = Watch(Token);

        JwtSvid first = (await NextAsync(watch)).Value![0];
        JwtSvid second = (await NextAsync(watch)).Value![0];

        Assert.NotEqual(first.Token, second.Token);
    }

    [Fact]
    public async Task A_failed_JWT_request_is_tried_again()
    {
        Server.JwtSvids = _ => Server.Requests.Count == 1
            ? throw new RpcException(new Status(StatusCode.Unavailable, "starting"))
            : new JWTSVIDResponse { Svids = { Messages.JwtSvid(JwtKey, "spiffe://example.org/web", "", "a") } };
        await using IAsyncEnumerator<WatchEvent<IReadOnlyList<JwtSvid>>> watch = Watch(Token);

        Assert.Equal(SpiffeErrorReason.AgentUnavailable, (await NextAsync(watch)).Error!.Reason);
        Assert.NotNull((await NextAsync(watch)).Value);
    }

    [Fact]
    public async Task A_token_that_lives_for_years_is_followed_too()
    {
        Server.JwtSvids = _ => Issue(TimeSpan.FromDays(5000));
        using CancellationTokenSource source = CancellationTokenSource.CreateLinkedTokenSource(Token);
        await using IAsyncEnumerator<WatchEvent<IReadOnlyList<JwtSvid>>> watch = Watch(source.Token);
        await NextAsync(watch);
        Task<WatchEvent<IReadOnlyList<JwtSvid>>> waiting = NextAsync(watch);

        await source.CancelAsync();

        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => waiting);
    }

    [Fact]
    public async Task An_agent_that_hangs_is_given_up_and_asked_again()
    {
        using RawServer silent = new();
        IWorkloadApi client = WorkloadApiClient.For(WorkloadApiEndpoint.ParseUserInput(silent.SocketPath));
        int calls = 0;
        await using IAsyncEnumerator<WatchEvent<IReadOnlyList<JwtSvid>>> watch = JwtSvidWatch.WatchAsync(
            WorkloadApiEndpoint.Parse(Server.Endpoint),
            token => (++calls == 1 ? client : Client).FetchJwtSvidsAsync(["a"], spiffeId: null, token),
            TimeSpan.FromMilliseconds(100),
            Token).GetAsyncEnumerator(Token);
        Server.JwtSvids = _ => Issue(TimeSpan.FromMinutes(5));

        WatchEvent<IReadOnlyList<JwtSvid>> retrying = await NextAsync(watch);

        Assert.Equal(SpiffeErrorReason.Timeout, retrying.Error!.Reason);
        Assert.NotNull(retrying.RetryIn);
    }

    private static JWTSVIDResponse Issue(TimeSpan lifetime)
    {
        DateTimeOffset now = DateTimeOffset.UtcNow;
        string token = JwtKey.Sign(
            """{"alg":"ES256","kid":"test-key"}""",
            $$"""
            {"sub":"spiffe://example.org/web","aud":["a"],"iat":{{now.ToUnixTimeSeconds()}},
             "exp":{{(now + lifetime).ToUnixTimeSeconds()}},"jti":"{{Guid.NewGuid()}}"}
            """);
        return new JWTSVIDResponse { Svids = { new JWTSVID { SpiffeId = "spiffe://example.org/web", Svid = token } } };
    }

    private IAsyncEnumerator<WatchEvent<IReadOnlyList<JwtSvid>>> Watch(CancellationToken cancellationToken) =>
        Client.WatchJwtSvidsAsync(["a"], spiffeId: null, cancellationToken).GetAsyncEnumerator(cancellationToken);
}
