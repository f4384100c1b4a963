using Spiffe.Tls;

namespace Spiffe.Tests.BundleEndpoints;

public sealed class PollIntervalTests
{
    private const int Day = 86_400;

    [Theory]
    [InlineData(600, 540, 660)]
    [InlineData(null, 270, 330)]
    [InlineData(0, 30, 30)]
    [InlineData(5, 30, 30)]
    [InlineData(30, 30, 33)]
    [InlineData(Day, 0.9 * Day, Day)]
    [InlineData(30 * Day, 0.9 * Day, Day)]
    [Trait("Clause", "F-1")]
    [Trait("Clause", "B-7")]
    [Trait("Clause", "B-21")]
    public void The_refresh_hint_decides_by_ten_percent_and_within_bounds(int? hint, double shortest, double longest)
    {
        SpiffeBundle bundle = new(
            TrustDomain.Parse("served.test"), refreshHint: hint is { } seconds ? TimeSpan.FromSeconds(seconds) : null);

        for (int i = 0; i < 1000; i++)
        {
            Assert.InRange(new PollInterval().Next(bundle).TotalSeconds, shortest, longest);
        }
    }

    [Fact]
    public void Polls_of_many_followers_spread()
    {
        SpiffeBundle bundle = new(TrustDomain.Parse("served.test"), refreshHint: TimeSpan.FromSeconds(600));

        HashSet<long> times = [.. Enumerable.Range(0, 100).Select(_ => new PollInterval().Next(bundle).Ticks)];

        Assert.InRange(times.Count, 50, 100);
    }

    [Fact]
    public void A_given_interval_takes_precedence_over_the_hint() => Assert.Equal(
        TimeSpan.FromSeconds(1),
        PollInterval.Every(TimeSpan.FromSeconds(1)).Next(
            new SpiffeBundle(TrustDomain.Parse("served.test"), refreshHint: TimeSpan.FromHours(1))));

    [Fact]
    public void Without_any_bundle_the_next_try_comes_soon() =>
        Assert.InRange(new PollInterval().Next(latest: null), TimeSpan.FromSeconds(30), TimeSpan.FromSeconds(33));
}
