using System.Globalization;
using System.Security.Cryptography.X509Certificates;
using Google.Protobuf;
using Spiffe.Protocol;
using Spiffe.Tls;

namespace Spiffe.Tests.BundleServing;

/// <summary>Keys are rotated while a follower polls every second; in each second it must know the key that signs.</summary>
public sealed class FollowedRotationTests : BundleServerTest
{
    private const int ShortCount = 1;

    private static readonly TimeSpan s_second = TimeSpan.FromSeconds(1);

    private static int Count =>
        int.TryParse(Environment.GetEnvironmentVariable("SPIFFE_ROTATION_COUNT"), CultureInfo.InvariantCulture, out int count)
            ? count
            : ShortCount;

    [Fact]
    [Trait("Clause", "F-2")]
    [Trait("Clause", "F-28")]
    public async Task The_follower_always_knows_who_signs_and_forgets_who_no_longer_does()
    {
        SpiffeBundle first = await ServeAsync(settings: "\"svidTtlSec\": 10, \"bundleRefreshHintSec\": 1", publishAhead: 3 * s_second);
        BundleFetch fetch = SpiffeFetch(first);
        await fetch.FetchAsync(Token);
        using CancellationTokenSource end = CancellationTokenSource.CreateLinkedTokenSource(Token);
        List<SpiffeException> failures = [];
        Task following = FollowAsync(fetch, failures, end.Token);

        for (int rotation = 0; rotation < Count; rotation++)
        {
            await RotateAsync(fetch);
        }

        await end.CancelAsync();
        await following;
        Assert.Empty(failures);
    }

    private static async Task FollowAsync(BundleFetch fetch, List<SpiffeException> failures, CancellationToken end)
    {
        try
        {
            await foreach (WatchEvent<IReadOnlyList<SpiffeBundle>> news in fetch.WatchAsync(PollInterval.Every(s_second), end))
            {
                if (news.Error is { } error)
                {
                    failures.Add(error);
                }
            }
        }
        catch (OperationCanceledException)
        {
            // The test has seen enough.
        }
    }

    private async Task RotateAsync(BundleFetch fetch)
    {
        X509Certificate2 old = await IssueAsync();
        DateTimeOffset then = DateTimeOffset.UtcNow;
        byte[][] before = [.. fetch.Latest!.X509Authorities.Select(authority => authority.RawData)];
        Update("""{ "rotate": [ "X509Authority", "JwtAuthority" ] }""");

        // Published, then signing, then without the old one: each step takes less than the life of an SVID and a poll.
        while (Verify(old, fetch.Latest!, then))
        {
            SpiffeBundle known = fetch.Latest!;
            X509Certificate2 svid = await IssueAsync();
            Assert.True(Verify(svid, known, DateTimeOffset.UtcNow), "The follower does not know who signed an X509-SVID.");
            JwtValidation token = JwtSvidValidator.Validate(
                await IssueTokenAsync(), "orders", [known], DateTimeOffset.UtcNow, JwtSvidValidator.DefaultClockSkew);
            Assert.True(token.Valid, token.Reason);
            await Task.Delay(s_second / 2, Token);
        }

        // It was valid then, and no authority that signs now was there before.
        Assert.True(old.NotAfter.ToUniversalTime() > then.UtcDateTime);
        Assert.True(fetch.Latest!.X509Authorities.All(authority => !before.Any(authority.RawData.SequenceEqual)));
    }

    private static bool Verify(X509Certificate2 svid, SpiffeBundle bundle, DateTimeOffset at) =>
        X509SvidVerifier.Verify(svid, [], [bundle], new X509SvidVerificationOptions { At = at }).Valid;

    private async Task<X509Certificate2> IssueAsync()
    {
        ByteString der = (await FetchAsync(new SpiffeWorkloadAPI.SpiffeWorkloadAPIClient(Channel))).Svids[0].X509Svid;
        return X509CertificateLoader.LoadCertificate(der.Span);
    }

    private async Task<string> IssueTokenAsync() => (await new SpiffeWorkloadAPI.SpiffeWorkloadAPIClient(Channel)
        .FetchJWTSVIDAsync(new JWTSVIDRequest { Audience = { "orders" } }, Header, cancellationToken: Token)).Svids[0].Svid;
}
