using Spiffe.Protocol;
using Spiffe.Testing;
using Spiffe.Tls;

namespace Spiffe.Tests.Sources;

public sealed class X509SourceTests : SourceTest
{
    [Fact]
    public async Task The_first_question_waits_for_the_first_answer_and_later_ones_get_the_newest()
    {
        X509SVIDResponse first = Message();
        X509SVIDResponse second = Message();
        Task<X509Context> asking = Source.GetAsync(Token).AsTask();
        Assert.False(asking.IsCompleted);

        Feed.Send(first);
        X509Context context = await asking;
        Assert.Equal(ThumbprintOf(first), context.Svid!.Thumbprint);
        Assert.Same(context, await Source.GetAsync(Token));

        Feed.Send(second);
        await Eventually.TrueAsync(() => context.Superseded.IsCancellationRequested, Token);
        Assert.Equal(ThumbprintOf(second), (await Source.GetAsync(Token)).Svid!.Thumbprint);
        Assert.Equal(1, Feed.Streams);
    }

    [Fact]
    [Trait("Clause", "A-42")]
    public async Task A_message_that_changes_nothing_supersedes_nothing()
    {
        X509SVIDResponse same = Message();
        Feed.Send(same);
        X509Context context = await Source.GetAsync(Token);

        Feed.Send(same);
        await Task.Delay(200, Token);

        Assert.False(context.Superseded.IsCancellationRequested);
        Assert.Same(context, await Source.GetAsync(Token));
    }

    [Fact]
    [Trait("Clause", "A-19")]
    public async Task A_withdrawn_identity_is_gone_at_once_and_the_next_question_asks_anew()
    {
        Feed.Send(Message());
        X509Context context = await Source.GetAsync(Token);

        Feed.Withdraw();
        await Eventually.TrueAsync(() => context.Superseded.IsCancellationRequested, Token);
        SpiffeException refusal = await Assert.ThrowsAsync<SpiffeException>(() => Source.GetAsync(Token).AsTask());
        X509SVIDResponse again = Message();
        Feed.Send(again);

        Assert.Equal(SpiffeErrorReason.NoIdentityIssued, refusal.Reason);
        Assert.Equal(ThumbprintOf(again), (await Source.GetAsync(Token)).Svid!.Thumbprint);
    }

    [Fact]
    [Trait("Clause", "A-19")]
    public async Task An_identity_that_is_redacted_from_the_list_is_gone_too()
    {
        using X509Source source = Follow(SvidChoice.Of(SpiffeId.Parse(ShopId), hint: null));
        Feed.Send(Message());
        X509Context context = await source.GetAsync(Token);

        Feed.Send(Messages.X509Svids(Authority));
        await Eventually.TrueAsync(() => context.Superseded.IsCancellationRequested, Token);

        Assert.Equal(
            SpiffeErrorReason.SpiffeIdNotFound,
            (await Assert.ThrowsAsync<SpiffeException>(() => source.GetAsync(Token).AsTask())).Reason);
    }

    [Fact]
    [Trait("Clause", "A-21")]
    public async Task A_bundle_that_is_no_longer_sent_is_removed()
    {
        Feed.Send(Message(Foreign));
        X509Context context = await Source.GetAsync(Token);
        Assert.Equal(["example.org", "other.org"], context.Bundles.Select(bundle => bundle.TrustDomain.Name));

        Feed.Send(Message());
        await Eventually.TrueAsync(() => context.Superseded.IsCancellationRequested, Token);

        Assert.Equal(["example.org"], (await Source.GetAsync(Token)).Bundles.Select(bundle => bundle.TrustDomain.Name));
    }

    [Fact]
    public async Task Identities_are_chosen_by_SPIFFE_ID_and_by_hint_and_the_first_is_the_default()
    {
        X509SVIDResponse message = Messages.X509Svids(
            Messages.X509Svid(Authority, WebId, "one"), Messages.X509Svid(Authority, ShopId, "two"));
        Feed.Send(message);

        Assert.Equal(WebId, (await ChooseAsync(SvidChoice.Default)).Svid!.SpiffeId.ToString());
        Assert.Equal(ShopId, (await ChooseAsync(SvidChoice.Of(SpiffeId.Parse(ShopId), hint: null))).Svid!.SpiffeId.ToString());
        Assert.Equal(ShopId, (await ChooseAsync(SvidChoice.Of(spiffeId: null, "two"))).Svid!.SpiffeId.ToString());
        Assert.Null((await ChooseAsync(SvidChoice.None)).Svid);
        Assert.Equal(
            SpiffeErrorReason.HintNotFound,
            (await Assert.ThrowsAsync<SpiffeException>(() => ChooseAsync(SvidChoice.Of(spiffeId: null, "three")))).Reason);

        async Task<X509Context> ChooseAsync(SvidChoice choice)
        {
            using X509Source source = Follow(choice);
            return await source.GetAsync(Token);
        }
    }

    [Fact]
    public async Task An_SVID_that_has_expired_is_not_shown_to_anyone()
    {
        IssuedSvid issued = Authority.Issue(new LeafOptions { Uris = [ShopId], Lifetime = TimeSpan.FromSeconds(-1) });
        using X509Source source = X509Source.Fixed(Svid(issued, ShopId, BundleOf(Authority)), [BundleOf(Authority)]);

        SpiffeException refusal = await Assert.ThrowsAsync<SpiffeException>(() => source.GetAsync(Token).AsTask());

        Assert.Equal(SpiffeErrorReason.SvidInvalid, refusal.Reason);
    }

    [Fact]
    public async Task A_fault_at_the_start_reaches_the_caller_and_the_next_call_starts_again()
    {
        await Feed.DisposeAsync();

        for (int i = 0; i < 2; i++)
        {
            SpiffeException fault = await Assert.ThrowsAsync<SpiffeException>(() => Source.GetAsync(Token).AsTask());
            Assert.Equal(SpiffeErrorReason.EndpointNotFound, fault.Reason);
        }
    }

    [Fact]
    public async Task An_agent_that_is_gone_takes_nothing_away()
    {
        Feed.Send(Message());
        X509Context context = await Source.GetAsync(Token);

        await Feed.DisposeAsync();
        await Task.Delay(200, Token);

        Assert.Same(context, await Source.GetAsync(Token));
    }

    [Fact]
    public async Task A_disposed_source_gives_no_answer()
    {
        Feed.Send(Message());
        X509Context context = await Source.GetAsync(Token);

        Source.Dispose();

        Assert.True(context.Superseded.IsCancellationRequested);
        await Assert.ThrowsAsync<ObjectDisposedException>(() => Source.GetAsync(Token).AsTask());
    }
}
