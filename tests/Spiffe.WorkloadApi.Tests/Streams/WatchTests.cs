using System.Threading.Channels;
using Grpc.Core;
using Spiffe.Protocol;
using Spiffe.Testing;

namespace Spiffe.Tests.Streams;

public sealed class WatchTests : ClientTest
{
    private static readonly TimeSpan s_patience = TimeSpan.FromSeconds(30);

    [Fact]
    public async Task Every_message_is_a_state()
    {
        Channel<X509SVIDResponse> messages = Channel.CreateUnbounded<X509SVIDResponse>();
        Server.X509Svids = async (stream, token) =>
        {
            await foreach (X509SVIDResponse message in messages.Reader.ReadAllAsync(token))
            {
                await stream.WriteAsync(message, token);
            }
        };
        await using IAsyncEnumerator<WatchEvent<IReadOnlyList<X509Svid>>> watch = Watch();
        X509SVIDResponse first = Messages.X509Svids(Authority);
        X509SVIDResponse second = Messages.X509Svids(Authority);

        messages.Writer.TryWrite(first);
        Assert.Equal(first.Svids[0].X509Svid.ToByteArray(), (await NextAsync(watch)).Value![0].Certificate.RawData);
        messages.Writer.TryWrite(second);
        Assert.Equal(second.Svids[0].X509Svid.ToByteArray(), (await NextAsync(watch)).Value![0].Certificate.RawData);
    }

    [Fact]
    [Trait("Clause", "A-8")]
    public async Task A_bad_message_is_discarded_and_the_stream_continues()
    {
        Server.X509Svids = async (stream, token) =>
        {
            await stream.WriteAsync(new X509SVIDResponse(), token);
            await stream.WriteAsync(Messages.X509Svids(Authority), token);
            await Task.Delay(Timeout.Infinite, token);
        };
        await using IAsyncEnumerator<WatchEvent<IReadOnlyList<X509Svid>>> watch = Watch();

        WatchEvent<IReadOnlyList<X509Svid>> discarded = await NextAsync(watch);
        WatchEvent<IReadOnlyList<X509Svid>> changed = await NextAsync(watch);

        Assert.Equal(SpiffeErrorReason.ResponseInvalid, discarded.Error!.Reason);
        Assert.Null(discarded.RetryIn);
        Assert.NotNull(changed.Value);
        Assert.Single(Server.Requests);
    }

    [Fact]
    public async Task More_watches_than_a_connection_takes_streams_have_one_more_connection()
    {
        // As many as the server, ASP.NET Core, allows on one.
        const int streams = 100;
        Server.X509Svids = ScriptedWorkloadApi.Always(Messages.X509Svids(Authority));
        List<IAsyncEnumerator<WatchEvent<IReadOnlyList<X509Svid>>>> watches = [];
        for (int i = 0; i <= streams; i++)
        {
            watches.Add(Watch());
            Assert.NotNull((await NextAsync(watches[i]).WaitAsync(s_patience, Token)).Value);
        }

        Assert.Equal(2, Server.Connections);

        foreach (IAsyncEnumerator<WatchEvent<IReadOnlyList<X509Svid>>> watch in watches)
        {
            await watch.DisposeAsync();
        }
    }

    [Fact]
    [Trait("Clause", "A-3")]
    public async Task A_stream_that_theServer_closes_is_opened_again_at_once()
    {
        TaskCompletionSource isRead = new(TaskCreationOptions.RunContinuationsAsynchronously);
        Server.X509Svids = async (stream, token) =>
        {
            await stream.WriteAsync(Messages.X509Svids(Authority), token);
            await (Server.Requests.Count > 1 ? Task.Delay(Timeout.Infinite, token) : isRead.Task.WaitAsync(token));
        };
        await using IAsyncEnumerator<WatchEvent<IReadOnlyList<X509Svid>>> watch = Watch();

        Assert.NotNull((await NextAsync(watch)).Value);
        isRead.SetResult();
        Assert.NotNull((await NextAsync(watch)).Value);
        Assert.Equal(2, Server.Requests.Count);
    }

    [Fact]
    [Trait("Clause", "E-15")]
    [Trait("Clause", "E-16")]
    public async Task An_agent_that_has_nothing_now_is_asked_again_later()
    {
        Server.X509Svids = (stream, token) => Server.Requests.Count switch
        {
            1 => throw new RpcException(new Status(StatusCode.PermissionDenied, "no identity issued")),
            _ => ScriptedWorkloadApi.Always(Messages.X509Svids(Authority))(stream, token),
        };
        await using IAsyncEnumerator<WatchEvent<IReadOnlyList<X509Svid>>> watch = Watch();

        WatchEvent<IReadOnlyList<X509Svid>> retrying = await NextAsync(watch);
        WatchEvent<IReadOnlyList<X509Svid>> changed = await NextAsync(watch);

        Assert.Equal(SpiffeErrorReason.NoIdentityIssued, retrying.Error!.Reason);
        Assert.InRange(retrying.RetryIn!.Value.TotalSeconds, 0.8, 1.2);
        Assert.NotNull(changed.Value);
    }

    [Theory]
    [InlineData(StatusCode.InvalidArgument, SpiffeErrorReason.RequestRejected)]
    [InlineData(StatusCode.Unimplemented, SpiffeErrorReason.ProfileNotSupported)]
    [Trait("Clause", "E-14")]
    [Trait("Clause", "E-17")]
    public async Task What_waiting_cannot_mend_ends_the_watch(StatusCode code, SpiffeErrorReason reason)
    {
        Server.X509Svids = ScriptedWorkloadApi.Fail<X509SVIDResponse>(code, "no");
        await using IAsyncEnumerator<WatchEvent<IReadOnlyList<X509Svid>>> watch = Watch();

        SpiffeException exception = await Assert.ThrowsAsync<SpiffeException>(() => NextAsync(watch));

        Assert.Equal(reason, exception.Reason);
        Assert.Single(Server.Requests);
    }

    [Fact]
    public async Task A_reader_that_stops_ends_the_call_on_theServer()
    {
        Server.X509Svids = ScriptedWorkloadApi.Always(Messages.X509Svids(Authority));
        await using (IAsyncEnumerator<WatchEvent<IReadOnlyList<X509Svid>>> watch = Watch())
        {
            await NextAsync(watch);
            Assert.Equal(1, Server.OpenCalls);
        }

        await Eventually.TrueAsync(() => Server.OpenCalls == 0, Token);
    }

    [Fact]
    public async Task Cancellation_ends_a_watch_that_waits()
    {
        Server.X509Svids = ScriptedWorkloadApi.Always(Messages.X509Svids(Authority));
        using CancellationTokenSource source = CancellationTokenSource.CreateLinkedTokenSource(Token);
        await using IAsyncEnumerator<WatchEvent<IReadOnlyList<X509Svid>>> watch =
            Client.WatchX509SvidsAsync(source.Token).GetAsyncEnumerator(source.Token);
        await NextAsync(watch);
        Task<WatchEvent<IReadOnlyList<X509Svid>>> waiting = NextAsync(watch);

        await source.CancelAsync();

        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => waiting);
        await Eventually.TrueAsync(() => Server.OpenCalls == 0, Token);
    }

    [Fact]
    public async Task Bundles_can_be_followed_too()
    {
        Server.X509Bundles = ScriptedWorkloadApi.Always(Messages.X509Bundles(Authority));
        Server.JwtBundles = ScriptedWorkloadApi.Always(Messages.JwtBundles("example.org", JwtKey));
        await using IAsyncEnumerator<WatchEvent<IReadOnlyList<SpiffeBundle>>> x509 =
            Client.WatchX509BundlesAsync(Token).GetAsyncEnumerator(Token);
        await using IAsyncEnumerator<WatchEvent<IReadOnlyList<SpiffeBundle>>> jwt =
            Client.WatchJwtBundlesAsync(Token).GetAsyncEnumerator(Token);

        Assert.Single((await NextAsync(x509)).Value![0].X509Authorities);
        Assert.Single((await NextAsync(jwt)).Value![0].JwtAuthorities);
    }
}
