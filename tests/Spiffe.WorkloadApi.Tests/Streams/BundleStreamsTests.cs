using System.Threading.Channels;
using Grpc.Core;
using Spiffe.Protocol;
using Spiffe.Testing;

namespace Spiffe.Tests.Streams;

public sealed class BundleStreamsTests : ClientTest
{
    [Fact]
    public async Task The_first_state_has_both_kinds_of_authorities_of_each_trust_domain()
    {
        TestAuthority other = TestAuthority.Create("other.test");
        Server.X509Bundles = ScriptedWorkloadApi.Always(Messages.X509Bundles(Authority, other));
        Server.JwtBundles = ScriptedWorkloadApi.Always(Messages.JwtBundles("example.org", JwtKey));
        await using IAsyncEnumerator<WatchEvent<IReadOnlyList<SpiffeBundle>>> watch = WatchBundles();

        IReadOnlyList<SpiffeBundle> state = (await NextAsync(watch)).Value!;

        Assert.Equal(["example.org", "other.test"], state.Select(bundle => bundle.TrustDomain.Name));
        Assert.Equal(["1 X.509, 1 JWT", "1 X.509, 0 JWT"], state.Select(bundle => bundle.Authorities));
    }

    [Fact]
    public async Task A_change_in_either_stream_is_a_new_state()
    {
        Channel<X509BundlesResponse> messages = Channel.CreateUnbounded<X509BundlesResponse>();
        Server.X509Bundles = async (stream, token) =>
        {
            await foreach (X509BundlesResponse message in messages.Reader.ReadAllAsync(token))
            {
                await stream.WriteAsync(message, token);
            }
        };
        Server.JwtBundles = ScriptedWorkloadApi.Always(Messages.JwtBundles("example.org", JwtKey));
        await using IAsyncEnumerator<WatchEvent<IReadOnlyList<SpiffeBundle>>> watch = WatchBundles();

        messages.Writer.TryWrite(Messages.X509Bundles(Authority));
        Assert.Single((await NextAsync(watch)).Value!);
        messages.Writer.TryWrite(Messages.X509Bundles(Authority, TestAuthority.Create("other.test")));
        Assert.Equal(2, (await NextAsync(watch)).Value!.Count);
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    [Trait("Clause", "A-1")]
    public async Task An_agent_without_one_profile_is_followed_in_the_other(bool hasX509)
    {
        if (hasX509)
        {
            Server.X509Bundles = ScriptedWorkloadApi.Always(Messages.X509Bundles(Authority));
        }
        else
        {
            Server.JwtBundles = ScriptedWorkloadApi.Always(Messages.JwtBundles("example.org", JwtKey));
        }

        await using IAsyncEnumerator<WatchEvent<IReadOnlyList<SpiffeBundle>>> watch = WatchBundles();

        SpiffeBundle bundle = Assert.Single((await NextAsync(watch)).Value!);
        Assert.Equal(hasX509 ? "1 X.509, 0 JWT" : "0 X.509, 1 JWT", bundle.Authorities);
    }

    [Fact]
    public async Task An_agent_without_either_profile_ends_the_watch()
    {
        await using IAsyncEnumerator<WatchEvent<IReadOnlyList<SpiffeBundle>>> watch = WatchBundles();

        SpiffeException exception = await Assert.ThrowsAsync<SpiffeException>(() => NextAsync(watch));

        Assert.Equal(SpiffeErrorReason.ProfileNotSupported, exception.Reason);
    }

    [Fact]
    [Trait("Clause", "A-21")]
    [Trait("Clause", "A-29")]
    public async Task PermissionDenied_in_one_stream_leaves_what_the_other_has()
    {
        TaskCompletionSource isRead = new(TaskCreationOptions.RunContinuationsAsynchronously);
        Server.X509Bundles = async (stream, token) =>
        {
            if (!isRead.Task.IsCompleted)
            {
                await stream.WriteAsync(Messages.X509Bundles(Authority), token);
                await isRead.Task.WaitAsync(token);
            }

            throw new RpcException(new Status(StatusCode.PermissionDenied, "no identity issued"));
        };
        Server.JwtBundles = ScriptedWorkloadApi.Always(Messages.JwtBundles("example.org", JwtKey));
        await using IAsyncEnumerator<WatchEvent<IReadOnlyList<SpiffeBundle>>> watch = WatchBundles();
        Assert.Equal("1 X.509, 1 JWT", (await NextAsync(watch)).Value![0].Authorities);

        isRead.SetResult();

        Assert.Equal("0 X.509, 1 JWT", (await NextAsync(watch)).Value![0].Authorities);
    }

    [Fact]
    public async Task A_reader_that_stops_ends_both_calls()
    {
        Server.X509Bundles = ScriptedWorkloadApi.Always(Messages.X509Bundles(Authority));
        Server.JwtBundles = ScriptedWorkloadApi.Always(Messages.JwtBundles("example.org", JwtKey));
        await using (IAsyncEnumerator<WatchEvent<IReadOnlyList<SpiffeBundle>>> watch = WatchBundles())
        {
            await NextAsync(watch);
            Assert.Equal(2, Server.OpenCalls);
        }

        await Eventually.TrueAsync(() => Server.OpenCalls == 0, Token);
    }

    private IAsyncEnumerator<WatchEvent<IReadOnlyList<SpiffeBundle>>> WatchBundles() =>
        Client.WatchBundlesAsync(Token).GetAsyncEnumerator(Token);
}
