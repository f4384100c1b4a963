using Google.Protobuf;
using Grpc.Core;
using Spiffe.Protocol;
using Spiffe.Testing;

namespace Spiffe.Tests.Streams;

/// <summary>Each message replaces the one before, whole, and what was superseded is gone.</summary>
public sealed class LatestStateTests : ClientTest
{
    private static readonly TestAuthority s_foreign = TestAuthority.Create("other.org");

    [Fact]
    [Trait("Clause", "A-4")]
    public async Task A_reader_slower_than_theServer_gets_the_latest_state_and_no_other()
    {
        X509SVIDResponse[] messages = [.. Enumerable.Range(0, 20).Select(_ => Messages.X509Svids(Authority))];
        TaskCompletionSource isRead = new(TaskCreationOptions.RunContinuationsAsynchronously);
        TaskCompletionSource isReopened = new(TaskCreationOptions.RunContinuationsAsynchronously);
        Server.X509Svids = async (stream, token) =>
        {
            // That the client opens the next stream shows that it has read this one to its end.
            if (Server.Requests.Count > 1)
            {
                isReopened.SetResult();
                await Task.Delay(Timeout.Infinite, token);
            }

            await stream.WriteAsync(messages[0], token);
            await isRead.Task.WaitAsync(token);
            foreach (X509SVIDResponse message in messages[1..])
            {
                await stream.WriteAsync(message, token);
            }
        };
        await using IAsyncEnumerator<WatchEvent<IReadOnlyList<X509Svid>>> watch = Watch();

        Assert.Equal(messages[0].Svids[0].X509Svid.ToByteArray(), (await NextAsync(watch)).Value![0].Certificate.RawData);
        isRead.SetResult();
        await isReopened.Task.WaitAsync(Token);
        Assert.Equal(messages[^1].Svids[0].X509Svid.ToByteArray(), (await NextAsync(watch)).Value![0].Certificate.RawData);
    }

    [Fact]
    public async Task A_reader_that_was_busy_hears_of_a_bad_message_and_of_the_state_before_it()
    {
        TaskCompletionSource isRead = new(TaskCreationOptions.RunContinuationsAsynchronously);
        TaskCompletionSource isReopened = new(TaskCreationOptions.RunContinuationsAsynchronously);
        X509SVIDResponse last = Messages.X509Svids(Authority);
        Server.X509Svids = async (stream, token) =>
        {
            if (Server.Requests.Count > 1)
            {
                isReopened.SetResult();
                await Task.Delay(Timeout.Infinite, token);
            }

            await stream.WriteAsync(Messages.X509Svids(Authority), token);
            await isRead.Task.WaitAsync(token);
            await stream.WriteAsync(last, token);
            await stream.WriteAsync(new X509SVIDResponse(), token);
        };
        await using IAsyncEnumerator<WatchEvent<IReadOnlyList<X509Svid>>> watch = Watch();
        await NextAsync(watch);
        isRead.SetResult();
        await isReopened.Task.WaitAsync(Token);

        Assert.Equal(last.Svids[0].X509Svid.ToByteArray(), (await NextAsync(watch)).Value![0].Certificate.RawData);
        Assert.Equal(SpiffeErrorReason.ResponseInvalid, (await NextAsync(watch)).Error!.Reason);
    }

    [Fact]
    [Trait("Clause", "A-6")]
    [Trait("Clause", "A-7")]
    public async Task A_field_that_is_empty_now_empties_what_was_there()
    {
        X509SVIDResponse full = Messages.X509Svids(Messages.X509Svid(Authority, "spiffe://example.org/web", "external"));
        full.FederatedBundles.Add("spiffe://other.org", ByteString.CopyFrom(s_foreign.BundleDer));
        TaskCompletionSource isRead = new(TaskCreationOptions.RunContinuationsAsynchronously);
        Server.X509Svids = async (stream, token) =>
        {
            await stream.WriteAsync(full, token);
            await isRead.Task.WaitAsync(token);
            await stream.WriteAsync(Messages.X509Svids(Authority), token);
            await Task.Delay(Timeout.Infinite, token);
        };
        await using IAsyncEnumerator<WatchEvent<IReadOnlyList<X509Svid>>> watch = Watch();

        X509Svid before = (await NextAsync(watch)).Value![0];
        isRead.SetResult();
        X509Svid after = (await NextAsync(watch)).Value![0];

        Assert.Equal("other.org", Assert.Single(before.FederatedBundles).TrustDomain.Name);
        Assert.Equal("external", before.Hint);
        Assert.Empty(after.FederatedBundles);
        Assert.Empty(after.Hint);
    }

    [Fact]
    [Trait("Clause", "A-21")]
    public async Task A_withdrawn_bundle_is_removed_and_a_refusal_is_reported()
    {
        TaskCompletionSource isRead = new(TaskCreationOptions.RunContinuationsAsynchronously);
        Server.X509Bundles = async (stream, token) =>
        {
            await stream.WriteAsync(Messages.X509Bundles(Authority, s_foreign), token);
            await isRead.Task.WaitAsync(token);
            await stream.WriteAsync(Messages.X509Bundles(Authority), token);
            throw new RpcException(new Status(StatusCode.PermissionDenied, "no identity issued"));
        };
        await using IAsyncEnumerator<WatchEvent<IReadOnlyList<SpiffeBundle>>> watch =
            Client.WatchX509BundlesAsync(Token).GetAsyncEnumerator(Token);

        Assert.Equal(2, (await NextAsync(watch)).Value!.Count);
        isRead.SetResult();
        Assert.Equal("example.org", Assert.Single((await NextAsync(watch)).Value!).TrustDomain.Name);
        Assert.Equal(SpiffeErrorReason.NoIdentityIssued, (await NextAsync(watch)).Error!.Reason);
    }
}
