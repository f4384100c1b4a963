using Spiffe.Testing;

namespace Spiffe.Tests;

/// <summary>The time that is left, in a time zone with summer time. The zone is the process's, and so this runs alone.</summary>
[Collection(nameof(ExpiryTests))]
[CollectionDefinition(nameof(ExpiryTests), DisableParallelization = true)]
public sealed class ExpiryTests
{
    [Fact]
    public void The_time_left_is_not_changed_by_summer_time()
    {
        using TimeZoneOfProcess? zone = TimeZoneOfProcess.TryEnter("Europe/Berlin");
        Assert.SkipUnless(zone is not null, "the time zone is not known on this machine");
        SpiffeId id = SpiffeId.Parse("spiffe://example.org/web");
        TestJwtKey key = new();

        // Whatever today is, some of these are on the other side of a change of the clocks.
        Assert.All(Enumerable.Range(1, 12).Select(month => TimeSpan.FromDays(30 * month)), left =>
        {
            long expiry = (DateTimeOffset.UtcNow + left).ToUnixTimeSeconds();
            string token = key.Sign(
                """{"alg":"ES256","kid":"test-key"}""", $$"""{"sub":"{{id}}","aud":["a"],"exp":{{expiry}}}""");

            JwtSvid svid = JwtSvid.FromToken(id, "", isDefault: true, token, ["a"]);

            Assert.InRange(svid.ExpiresIn, left - TimeSpan.FromMinutes(10), left);
        });
    }
}
