using System.Security.Cryptography.X509Certificates;
using Grpc.Core;
using Spiffe.Protocol;

namespace Spiffe.Tests.WorkloadApi;

public sealed class StreamTests : AgentTest
{
    [Fact]
    [Trait("Clause", "A-2")]
    [Trait("Clause", "A-5")]
    [Trait("Clause", "A-20")]
    [Trait("Clause", "A-29")]
    public async Task Every_stream_begins_with_a_message_and_stays_open()
    {
        SpiffeWorkloadAPI.SpiffeWorkloadAPIClient client = await StartAsync();
        using AsyncServerStreamingCall<X509SVIDResponse> svids = Open(client);
        using AsyncServerStreamingCall<X509BundlesResponse> x509 =
            client.FetchX509Bundles(new X509BundlesRequest(), Header, cancellationToken: Token);
        using AsyncServerStreamingCall<JWTBundlesResponse> jwt =
            client.FetchJWTBundles(new JWTBundlesRequest(), Header, cancellationToken: Token);

        Assert.Single((await NextAsync(svids)).Svids);
        Assert.Equal(["spiffe://example.org"], (await NextAsync(x509)).Bundles.Keys);
        Assert.Equal(["spiffe://example.org"], (await NextAsync(jwt)).Bundles.Keys);
        Assert.Equal(3, OpenStreams);
    }

    [Fact]
    public async Task Entries_that_are_due_together_are_renewed_in_one_message()
    {
        SpiffeWorkloadAPI.SpiffeWorkloadAPIClient client = await StartAsync(WithEntries(count: 50, ttlSeconds: 4));
        using AsyncServerStreamingCall<X509SVIDResponse> call = Open(client);

        X509SVIDResponse first = await NextAsync(call);
        X509SVIDResponse second = await NextAsync(call);

        Assert.DoesNotContain(first.Svids.Zip(second.Svids), pair => pair.First.X509Svid == pair.Second.X509Svid);
    }

    [Fact]
    public async Task Every_message_after_the_first_brings_something_new()
    {
        SpiffeWorkloadAPI.SpiffeWorkloadAPIClient client = await StartAsync("\"svidTtlSec\": 2");
        AsyncServerStreamingCall<X509SVIDResponse>[] calls = [.. Enumerable.Range(0, 20).Select(_ => Open(client))];

        foreach (AsyncServerStreamingCall<X509SVIDResponse> call in calls)
        {
            X509SVIDResponse previous = await NextAsync(call);
            X509SVIDResponse next = await NextAsync(call);
            call.Dispose();
            Assert.NotEqual(previous, next);
        }
    }

    [Fact]
    public async Task A_slow_reader_gets_the_latest_state_and_not_what_it_missed()
    {
        // More than the windows and buffers between agent and reader hold, so that the agent has to wait.
        SpiffeWorkloadAPI.SpiffeWorkloadAPIClient client = await StartAsync(WithEntries(count: 100, ttlSeconds: 2));
        using AsyncServerStreamingCall<X509SVIDResponse> unread = Open(client);
        using AsyncServerStreamingCall<X509SVIDResponse> read = Open(client);
        X509SVIDResponse latest = await NextAsync(read);
        for (int i = 0; i < 3; i++)
        {
            latest = await NextAsync(read);
        }

        // One message may have been under way, and the next one is of now.
        await NextAsync(unread);
        X509SVIDResponse caughtUp = await NextAsync(unread);

        Assert.True(NotBefore(caughtUp) >= NotBefore(latest), "the reader was sent a state that was replaced since");
    }

    [Fact]
    public async Task Open_streams_end_when_the_agent_stops_and_do_not_hold_it_up()
    {
        SpiffeWorkloadAPI.SpiffeWorkloadAPIClient client = await StartAsync();
        using AsyncServerStreamingCall<X509SVIDResponse> call = Open(client);
        await NextAsync(call);

        await StopAsync().WaitAsync(TimeSpan.FromSeconds(10), Token);

        RpcException exception = await Assert.ThrowsAsync<RpcException>(() => call.ResponseStream.MoveNext(Token));
        Assert.Equal(StatusCode.Unavailable, exception.StatusCode);
        Assert.False(File.Exists(SocketPath));
    }

    private static string WithEntries(int count, int ttlSeconds)
    {
        IEnumerable<string> entries = Enumerable.Range(0, count).Select(
            index => $$"""{"spiffeId":"spiffe://example.org/{{index}}","hint":"{{index}}{{new string('h', 1000)}}"}""");
        return $"\"svidTtlSec\": {ttlSeconds}, \"entries\": [{string.Join(',', entries)}]";
    }

    private static DateTime NotBefore(X509SVIDResponse response) =>
        X509CertificateLoader.LoadCertificate(response.Svids[^1].X509Svid.Span).NotBefore;
}
