using System.Diagnostics;
using Spiffe.Testing;
using Spiffe.Tls;

namespace Spiffe.Tests.BundleEndpoints;

public sealed class BundleWatchTests : BundleEndpointTest
{
    private static readonly PollInterval s_quick = PollInterval.Every(TimeSpan.FromMilliseconds(100));

    [Fact]
    [Trait("Clause", "F-1")]
    public async Task The_endpoint_is_polled_and_an_unchanged_bundle_is_no_update()
    {
        TestAuthority next = TestAuthority.Create("served.test");
        Server.Answer = ScriptedBundleEndpoint.Serve(new SpiffeDocument(Authority));
        await using IAsyncEnumerator<WatchEvent<IReadOnlyList<SpiffeBundle>>> watch = Watch();

        Assert.Single((await NextAsync(watch)).Value![0].X509Authorities);
        Task<WatchEvent<IReadOnlyList<SpiffeBundle>>> news = NextAsync(watch);
        await Eventually.TrueAsync(() => Server.Requests.Count > 3, Token);
        Assert.False(news.IsCompleted);
        Server.Answer = ScriptedBundleEndpoint.Serve(new SpiffeDocument(Authority, next));

        Assert.Equal(2, (await news).Value![0].X509Authorities.Count);
    }

    [Fact]
    [Trait("Clause", "F-31")]
    public async Task A_poll_that_fails_is_news_and_the_next_one_takes_its_turn()
    {
        Server.Answer = ScriptedBundleEndpoint.Serve(new SpiffeDocument(Authority));
        BundleFetch fetch = SpiffeFetch();
        TimeSpan interval = TimeSpan.FromMilliseconds(500);
        await using IAsyncEnumerator<WatchEvent<IReadOnlyList<SpiffeBundle>>> watch =
            fetch.WatchAsync(PollInterval.Every(interval), Token).GetAsyncEnumerator(Token);
        await NextAsync(watch);
        Server.Answer = ScriptedBundleEndpoint.Send("500 Internal Server Error", "");

        long start = Stopwatch.GetTimestamp();
        WatchEvent<IReadOnlyList<SpiffeBundle>> first = await NextAsync(watch);
        WatchEvent<IReadOnlyList<SpiffeBundle>> second = await NextAsync(watch);

        Assert.Equal(SpiffeErrorReason.BundleEndpointFailed, first.Error!.Reason);
        Assert.Equal(interval, first.RetryIn);
        Assert.NotNull(second.Error);
        Assert.InRange(Stopwatch.GetElapsedTime(start), interval / 2, TimeSpan.MaxValue);
        Assert.Single(fetch.Latest!.X509Authorities);
    }

    [Fact]
    public async Task Cancellation_ends_a_watch_that_waits()
    {
        Server.Answer = ScriptedBundleEndpoint.Serve(new SpiffeDocument(Authority));
        using CancellationTokenSource source = CancellationTokenSource.CreateLinkedTokenSource(Token);
        await using IAsyncEnumerator<WatchEvent<IReadOnlyList<SpiffeBundle>>> watch =
            SpiffeFetch().WatchAsync(new PollInterval(), source.Token).GetAsyncEnumerator(source.Token);
        await NextAsync(watch);
        Task<WatchEvent<IReadOnlyList<SpiffeBundle>>> waiting = NextAsync(watch);

        await source.CancelAsync();

        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => waiting);
    }

    private IAsyncEnumerator<WatchEvent<IReadOnlyList<SpiffeBundle>>> Watch() =>
        SpiffeFetch().WatchAsync(s_quick, Token).GetAsyncEnumerator(Token);

    private static async Task<WatchEvent<IReadOnlyList<SpiffeBundle>>> NextAsync(
        IAsyncEnumerator<WatchEvent<IReadOnlyList<SpiffeBundle>>> watch) =>
        await watch.MoveNextAsync() ? watch.Current : throw new InvalidOperationException("the watch ended");
}
