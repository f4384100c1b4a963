using Spiffe.Testing;

namespace Spiffe.Tests.Updates;

public sealed class SvidUpdateViewTests
{
    private static readonly TestAuthority s_authority = TestAuthority.Create();

    [Fact]
    public void A_row_says_what_changed_and_for_which_ID()
    {
        SvidHistory history = new(_ => true, includeRetry: true);
        X509Svid web = Issue("web");
        X509Svid batch = Issue("batch");
        X509Svid renewed = Issue("web");

        Assert.Equal("Initial: spiffe://example.org/web", Apply(history, web).ToString());
        Assert.Equal("Added: spiffe://example.org/batch", Apply(history, web, batch).ToString());
        Assert.Equal("Renewed: spiffe://example.org/web", Apply(history, renewed, batch).ToString());
        Assert.Equal("Removed: spiffe://example.org/batch", Apply(history, renewed).ToString());
        Assert.Equal(
            "Changed: spiffe://example.org/web and 1 more", Apply(history, Issue("web"), Issue("batch")).ToString());
    }

    [Fact]
    public void A_row_says_why_the_agent_does_not_answer()
    {
        SvidHistory history = new(_ => true, includeRetry: true);
        _ = Apply(history, Issue("web"));
        SpiffeException error = new(SpiffeErrorReason.AgentUnavailable, "gone");

        SvidUpdate update = history.Apply(WatchEvent<IReadOnlyList<X509Svid>>.Retrying(error, TimeSpan.FromSeconds(1)))!;

        Assert.Equal("Retry: AgentUnavailable: spiffe://example.org/web", update.ToString());
        Assert.NotEmpty(update.DisplayUntil);
    }

    [Fact]
    public void A_row_has_the_time_of_the_first_expiry_within_a_day_and_the_date_beyond()
    {
        SvidHistory history = new(_ => true, includeRetry: true);
        X509Svid soon = Issue("web");
        SvidUpdate update = Apply(history, soon, Issue("batch", lifetime: TimeSpan.FromDays(3)));
        X509Svid later = Issue("web", lifetime: TimeSpan.FromDays(3));

        Assert.Equal(soon.NotAfter.TimeOfDay.ToString("hh\\:mm\\:ss"), update.DisplayUntil);
        Assert.Equal($"{later.NotAfter:yyyy-MM-dd}", Apply(history, later, Issue("batch", lifetime: TimeSpan.FromDays(3))).DisplayUntil);
    }

    [Fact]
    public void A_row_of_what_is_gone_has_no_end()
    {
        SvidHistory history = new(_ => true, includeRetry: true);
        _ = Apply(history, Issue("web"), Issue("batch"));

        Assert.Empty(Apply(history, Issue("web")).DisplayUntil);
        Assert.Empty(Apply(history).DisplayUntil);
    }

    private static SvidUpdate Apply(SvidHistory history, params X509Svid[] svids) =>
        history.Apply(WatchEvent<IReadOnlyList<X509Svid>>.Changed(svids))!;

    private static X509Svid Issue(string name, TimeSpan? lifetime = null)
    {
        SpiffeId id = SpiffeId.Parse($"spiffe://example.org/{name}");
        IssuedSvid issued = s_authority.Issue(new LeafOptions
        {
            Uris = [id.Text],
            Lifetime = lifetime ?? TimeSpan.FromHours(1),
        });
        return X509Svid.FromDer(
            id, "", isDefault: true, issued.Der, issued.Pkcs8Key, SpiffeBundle.FromX509Der(id.TrustDomain, s_authority.BundleDer), []);
    }
}
