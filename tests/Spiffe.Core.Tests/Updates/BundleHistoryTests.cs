using Spiffe.Testing;

namespace Spiffe.Tests.Updates;

public sealed class BundleHistoryTests
{
    private static readonly TestAuthority s_first = TestAuthority.Create();
    private static readonly TestAuthority s_second = TestAuthority.Create();

    [Fact]
    public void The_first_state_is_initial_and_adds_all()
    {
        SpiffeBundle[] state = [Bundle("one.test"), Bundle("two.test")];

        BundleUpdate update = Apply(Create(), state)!;

        Assert.Equal((BundleUpdateKind.Initial, 1), (update.Kind, update.SequenceNumber));
        Assert.Equal(state, update.Bundles);
        Assert.Equal(state, update.Added);
        Assert.Empty(update.Changed);
        Assert.Empty(update.Removed);
    }

    [Fact]
    [Trait("Clause", "A-42")]
    public void The_same_state_again_is_not_an_update()
    {
        BundleHistory history = Create();
        Apply(history, Bundle("one.test"));

        Assert.Null(Apply(history, Bundle("one.test")));
    }

    [Fact]
    public void Another_authority_changes_the_bundle_of_its_trust_domain_alone()
    {
        BundleHistory history = Create();
        Apply(history, Bundle("one.test"), Bundle("two.test"));

        BundleUpdate update = Apply(history, Bundle("one.test"), Bundle("two.test", s_second))!;

        Assert.Equal(BundleUpdateKind.Updated, update.Kind);
        Assert.Equal([Bundle("two.test", s_second)], update.Changed);
        Assert.Empty(update.Added);
        Assert.Empty(update.Removed);
    }

    [Fact]
    [Trait("Clause", "A-7")]
    public void A_trust_domain_that_is_missing_was_withdrawn()
    {
        BundleHistory history = Create();
        Apply(history, Bundle("one.test"), Bundle("two.test"));

        BundleUpdate update = Apply(history, Bundle("one.test"), Bundle("three.test"))!;

        Assert.Equal(BundleUpdateKind.Removed, update.Kind);
        Assert.Equal([Bundle("two.test")], update.Removed);
        Assert.Equal([Bundle("three.test")], update.Added);
    }

    [Fact]
    [Trait("Clause", "A-21")]
    [Trait("Clause", "A-29")]
    public void PermissionDenied_withdraws_everything_once()
    {
        BundleHistory history = Create();
        Apply(history, Bundle("one.test"));

        BundleUpdate first = Fail(history, SpiffeErrorReason.NoIdentityIssued)!;
        BundleUpdate second = Fail(history, SpiffeErrorReason.NoIdentityIssued)!;

        Assert.Equal(BundleUpdateKind.Removed, first.Kind);
        Assert.Empty(first.Bundles);
        Assert.Equal(BundleUpdateKind.Retrying, second.Kind);
    }

    [Fact]
    public void Another_failure_keeps_the_state()
    {
        BundleHistory history = Create();
        Apply(history, Bundle("one.test"));

        BundleUpdate update = Fail(history, SpiffeErrorReason.AgentUnavailable)!;

        Assert.Equal((BundleUpdateKind.Retrying, SpiffeErrorReason.AgentUnavailable), (update.Kind, update.Reason));
        Assert.Equal([Bundle("one.test")], update.Bundles);
        Assert.NotNull(update.NextRetry);
    }

    [Fact]
    public void Failures_that_are_not_asked_for_make_no_update()
    {
        BundleHistory history = new(_ => true, includeRetry: false);

        Assert.Null(Fail(history, SpiffeErrorReason.AgentUnavailable));
        Assert.Equal(1, Apply(history, Bundle("one.test"))!.SequenceNumber);
    }

    [Fact]
    public void What_is_not_selected_makes_no_update()
    {
        BundleHistory history = new(bundle => bundle.TrustDomain.Name == "one.test", includeRetry: true);
        Apply(history, Bundle("one.test"), Bundle("two.test"));

        Assert.Null(Apply(history, Bundle("one.test"), Bundle("two.test", s_second)));
    }

    private static BundleHistory Create() => new(_ => true, includeRetry: true);

    private static BundleUpdate? Apply(BundleHistory history, params SpiffeBundle[] bundles) =>
        history.Apply(WatchEvent<IReadOnlyList<SpiffeBundle>>.Changed(bundles));

    private static BundleUpdate? Fail(BundleHistory history, SpiffeErrorReason reason) => history.Apply(
        WatchEvent<IReadOnlyList<SpiffeBundle>>.Retrying(new SpiffeException(reason, "no"), TimeSpan.FromSeconds(1)));

    private static SpiffeBundle Bundle(string trustDomain, TestAuthority? authority = null) =>
        SpiffeBundle.FromX509Der(TrustDomain.Parse(trustDomain), (authority ?? s_first).BundleDer);
}
