using Spiffe.Testing;

namespace Spiffe.Tests.Updates;

public sealed class SvidHistoryTests
{
    private static readonly TestAuthority s_authority = TestAuthority.Create();

    [Fact]
    public void The_first_state_is_initial_and_adds_all()
    {
        SvidHistory history = new(_ => true, includeRetry: true);
        X509Svid web = Issue("web");

        SvidUpdate update = Apply(history, web)!;

        Assert.Equal(SvidUpdateKind.Initial, update.Kind);
        Assert.Equal(1, update.SequenceNumber);
        Assert.Equal([web], update.Svids);
        Assert.Equal([web], update.Added);
        Assert.Empty(update.Removed);
    }

    [Fact]
    [Trait("Clause", "A-42")]
    public void The_same_state_again_is_not_an_update()
    {
        SvidHistory history = new(_ => true, includeRetry: true);
        X509Svid web = Issue("web");
        Apply(history, web);

        Assert.Null(Apply(history, web));
    }

    [Fact]
    public void A_renewal_adds_the_new_document_and_removes_the_old_one()
    {
        SvidHistory history = new(_ => true, includeRetry: true);
        X509Svid before = Issue("web");
        X509Svid after = Issue("web");
        Apply(history, before);

        SvidUpdate update = Apply(history, after)!;

        Assert.Equal(SvidUpdateKind.Updated, update.Kind);
        Assert.Equal([after], update.Added);
        Assert.Equal([before], update.Removed);
    }

    [Fact]
    [Trait("Clause", "A-7")]
    public void An_identity_that_is_missing_was_taken_away()
    {
        SvidHistory history = new(_ => true, includeRetry: true);
        X509Svid web = Issue("web");
        X509Svid batch = Issue("batch");
        Apply(history, web, batch);

        SvidUpdate update = Apply(history, batch)!;

        Assert.Equal(SvidUpdateKind.Removed, update.Kind);
        Assert.Equal([web], update.Removed);
        Assert.Equal([batch], update.Svids);
    }

    [Fact]
    [Trait("Clause", "A-19")]
    public void PermissionDenied_takes_everything_away_once()
    {
        SvidHistory history = new(_ => true, includeRetry: true);
        Apply(history, Issue("web"));

        SvidUpdate first = Deny(history)!;
        SvidUpdate second = Deny(history)!;

        Assert.Equal(SvidUpdateKind.Removed, first.Kind);
        Assert.Empty(first.Svids);
        Assert.Single(first.Removed);
        Assert.NotNull(first.NextRetry);
        Assert.Equal(SvidUpdateKind.Retrying, second.Kind);
    }

    [Fact]
    public void Another_failure_keeps_the_state()
    {
        SvidHistory history = new(_ => true, includeRetry: true);
        X509Svid web = Issue("web");
        Apply(history, web);

        SvidUpdate update = history.Apply(WatchEvent<IReadOnlyList<X509Svid>>.Retrying(
            new SpiffeException(SpiffeErrorReason.AgentUnavailable, "gone"), TimeSpan.FromSeconds(2)))!;

        Assert.Equal(SvidUpdateKind.Retrying, update.Kind);
        Assert.Equal([web], update.Svids);
        Assert.Equal(SpiffeErrorReason.AgentUnavailable, update.Reason);
    }

    [Fact]
    public void Failures_that_are_not_asked_for_do_not_count()
    {
        SvidHistory history = new(_ => true, includeRetry: false);
        Apply(history, Issue("web"));

        Assert.Null(history.Apply(WatchEvent<IReadOnlyList<X509Svid>>.Retrying(
            new SpiffeException(SpiffeErrorReason.AgentUnavailable, "gone"), TimeSpan.FromSeconds(2))));
        Assert.Equal(2, Apply(history, Issue("web"))!.SequenceNumber);
    }

    [Fact]
    public void What_is_not_selected_makes_no_update()
    {
        SvidHistory history = new(svid => svid.SpiffeId.Path == "/web", includeRetry: true);
        X509Svid web = Issue("web");
        Apply(history, web, Issue("batch"));

        Assert.Null(Apply(history, web, Issue("batch")));
    }

    [Fact]
    public void A_discarded_message_is_not_an_update()
    {
        SvidHistory history = new(_ => true, includeRetry: true);

        Assert.Null(history.Apply(WatchEvent<IReadOnlyList<X509Svid>>.Discarded(
            new SpiffeException(SpiffeErrorReason.ResponseInvalid, "bad"))));
    }

    [Fact]
    public void A_change_of_bundles_alone_differs_from_a_renewal()
    {
        SvidHistory history = new(_ => true, includeRetry: true);
        IssuedSvid issued = s_authority.Issue("spiffe://example.org/web");
        TestAuthority next = TestAuthority.Create();
        Assert.False(Apply(history, Load(issued, s_authority.BundleDer))!.OnlyBundlesChanged);

        Assert.True(Apply(history, Load(issued, [.. s_authority.BundleDer, .. next.BundleDer]))!.OnlyBundlesChanged);
        Assert.False(Apply(history, Issue("web"))!.OnlyBundlesChanged);
    }

    private static SvidUpdate? Apply(SvidHistory history, params X509Svid[] svids) =>
        history.Apply(WatchEvent<IReadOnlyList<X509Svid>>.Changed(svids));

    private static SvidUpdate? Deny(SvidHistory history) => history.Apply(WatchEvent<IReadOnlyList<X509Svid>>.Retrying(
        new SpiffeException(SpiffeErrorReason.NoIdentityIssued, "denied"), TimeSpan.FromSeconds(1)));

    private static X509Svid Issue(string name) =>
        Load(s_authority.Issue($"spiffe://example.org/{name}"), s_authority.BundleDer, name);

    private static X509Svid Load(IssuedSvid issued, byte[] bundle, string name = "web")
    {
        SpiffeId id = SpiffeId.Parse($"spiffe://example.org/{name}");
        return X509Svid.FromDer(
            id, "", isDefault: true, issued.Der, issued.Pkcs8Key, SpiffeBundle.FromX509Der(id.TrustDomain, bundle), []);
    }
}
