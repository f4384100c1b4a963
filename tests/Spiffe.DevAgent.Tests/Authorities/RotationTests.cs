using Grpc.Core;
using Spiffe.Protocol;

namespace Spiffe.Tests.Authorities;

/// <summary>A rotation of authorities as clients see it.</summary>
[Trait("Clause", "F-2")]
public sealed class RotationTests : AgentTest
{
    private static readonly TrustDomain s_trustDomain = TrustDomain.Parse("example.org");

    [Fact]
    public async Task The_next_signing_certificate_is_in_the_bundle_before_it_signs_and_the_old_one_until_its_SVIDs_expire()
    {
        using AsyncServerStreamingCall<X509SVIDResponse> call = Open(await StartAsync("\"svidTtlSec\": 4"));
        X509SVID first = (await NextAsync(call)).Svids[0];

        Update("""{ "rotate": [ "X509Authority" ] }""");
        X509SVID published = await WhenAsync(call, svid => Authorities(svid) == 2);
        X509SVID signed = await WhenAsync(call, svid => svid.X509Svid != published.X509Svid);
        X509SVID alone = await WhenAsync(call, svid => Authorities(svid) == 1);

        Assert.Equal(first.X509Svid, published.X509Svid);
        Assert.Equal(2, Authorities(signed));
        Assert.NotEqual(Issuer(first), Issuer(signed));
        Assert.Contains(Issuer(signed), Subjects(published));
        Assert.Contains(Issuer(first), Subjects(signed));
        Assert.Equal([Issuer(signed)], Subjects(alone));
        Assert.True(Read(first).NotAfter <= DateTime.Now, "the old authority went while an SVID of it was valid");
    }

    [Fact]
    public async Task The_next_JWT_key_is_in_the_bundle_before_it_signs_and_old_tokens_stay_valid()
    {
        SpiffeWorkloadAPI.SpiffeWorkloadAPIClient client = await StartAsync();
        using AsyncServerStreamingCall<JWTBundlesResponse> bundles =
            client.FetchJWTBundles(new JWTBundlesRequest(), Header, cancellationToken: Token);
        SpiffeBundle before = ReadBundle(await NextAsync(bundles));
        string old = await IssueAsync(client);

        Update("""{ "rotate": [ "JwtAuthority" ] }""");
        SpiffeBundle published = ReadBundle(await NextAsync(bundles));
        string between = await IssueAsync(client);
        await NextAsync(bundles);
        string @new = await IssueAsync(client);

        Assert.Equal(2, published.JwtAuthorities.Count);
        Assert.True(IsValid(old, before) && IsValid(between, before));
        Assert.False(IsValid(@new, before));
        Assert.True(IsValid(@new, published) && IsValid(old, published));
        Assert.True((await client.ValidateJWTSVIDAsync(
            new ValidateJWTSVIDRequest { Svid = old, Audience = "orders" }, Header, cancellationToken: Token)).SpiffeId.Length > 0);
    }

    [Fact]
    public async Task SVIDs_end_no_later_than_the_authority_that_signs_them()
    {
        X509SVID svid = (await FetchAsync(await StartAsync("\"authorityTtlSec\": 60, \"svidTtlSec\": 3600"))).Svids[0];

        Assert.Equal(Read(svid).Bundle.X509Authorities[0].NotAfter, Read(svid).NotAfter);
    }

    [Fact]
    public async Task The_log_reports_a_rotation_and_contains_no_key()
    {
        SpiffeWorkloadAPI.SpiffeWorkloadAPIClient client = await StartAsync();
        using AsyncServerStreamingCall<X509SVIDResponse> call = Open(client);
        await NextAsync(call);

        Update("""{ "rotate": [ "X509Authority", "JwtAuthority" ] }""");
        await WhenAsync(call, svid => Authorities(svid) == 2);

        await WaitForLogAsync("authorities changed: 2 X.509");
        Assert.DoesNotContain("PRIVATE", Log.ToString(), StringComparison.Ordinal);
    }

    private static async Task<X509SVID> WhenAsync(
        AsyncServerStreamingCall<X509SVIDResponse> call, Func<X509SVID, bool> condition)
    {
        X509SVID svid;
        do
        {
            svid = Assert.Single((await NextAsync(call)).Svids);
        }
        while (!condition(svid));

        return svid;
    }

    private static X509Svid Read(X509SVID svid)
    {
        SpiffeBundle bundle = SpiffeBundle.FromX509Der(s_trustDomain, svid.Bundle.Memory);
        return X509Svid.FromDer(
            SpiffeId.Parse(svid.SpiffeId), svid.Hint, isDefault: true, svid.X509Svid.Memory, svid.X509SvidKey.Memory, bundle, []);
    }

    private static string Issuer(X509SVID svid) => Read(svid).Certificate.Issuer;

    private static int Authorities(X509SVID svid) => Read(svid).Bundle.X509Authorities.Count;

    private static IEnumerable<string> Subjects(X509SVID svid) =>
        Read(svid).Bundle.X509Authorities.Select(authority => authority.Subject);

    private static SpiffeBundle ReadBundle(JWTBundlesResponse response) =>
        SpiffeBundle.FromJwks(s_trustDomain, response.Bundles[s_trustDomain.Id.ToString()].Memory);

    private static bool IsValid(string token, SpiffeBundle bundle) =>
        JwtSvidValidator.Validate(token, "orders", [bundle], DateTimeOffset.UtcNow, TimeSpan.Zero).Valid;

    private static async Task<string> IssueAsync(SpiffeWorkloadAPI.SpiffeWorkloadAPIClient client) =>
        (await client.FetchJWTSVIDAsync(
            new JWTSVIDRequest { Audience = { "orders" } }, Header, cancellationToken: Token)).Svids[0].Svid;
}
