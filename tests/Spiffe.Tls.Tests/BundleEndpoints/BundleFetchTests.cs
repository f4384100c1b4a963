using Spiffe.Testing;
using Spiffe.Tls;

namespace Spiffe.Tests.BundleEndpoints;

public sealed class BundleFetchTests : BundleEndpointTest
{
    [Theory]
    [InlineData(BundleEndpointProfile.HttpsWeb)]
    [InlineData(BundleEndpointProfile.HttpsSpiffe)]
    [Trait("Clause", "F-8")]
    [Trait("Clause", "F-11")]
    [Trait("Clause", "F-13")]
    public async Task Either_profile_gives_the_bundle_under_the_name_that_was_configured(BundleEndpointProfile profile)
    {
        Server.Certificate = profile == BundleEndpointProfile.HttpsWeb ? IssueWeb() : Authority.Issue(EndpointId);
        Server.Answer = ScriptedBundleEndpoint.Serve(new SpiffeDocument(Authority) { SequenceNumber = 7, RefreshHint = 60 });

        SpiffeBundle bundle = await (profile == BundleEndpointProfile.HttpsWeb ? WebFetch() : SpiffeFetch()).FetchAsync(Token);

        Assert.Equal(Served, bundle.TrustDomain);
        Assert.Equal([Authority.Certificate], bundle.X509Authorities);
        Assert.Equal((7UL, TimeSpan.FromMinutes(1)), (bundle.SequenceNumber, bundle.RefreshHint));
    }

    [Theory]
    [InlineData("")]
    [InlineData("Content-Type: text/html\r\n")]
    [InlineData("Content-Type: application/json; charset=utf-8\r\n")]
    [Trait("Clause", "F-16")]
    public async Task The_content_type_does_not_matter(string header)
    {
        Server.Answer = ScriptedBundleEndpoint.Send("200 OK", new SpiffeDocument(Authority).Json, header);

        Assert.Single((await SpiffeFetch().FetchAsync(Token)).X509Authorities);
    }

    [Fact]
    [Trait("Clause", "F-10")]
    public async Task No_profile_is_tried_in_place_of_another()
    {
        Server.Answer = ScriptedBundleEndpoint.Serve(new SpiffeDocument(Authority));
        SpiffeException svidAtWeb = await Assert.ThrowsAsync<SpiffeException>(() => WebFetch().FetchAsync(Token));
        Server.Certificate = IssueWeb();
        SpiffeException webAtSpiffe = await Assert.ThrowsAsync<SpiffeException>(() => SpiffeFetch().FetchAsync(Token));

        Assert.Equal(SpiffeErrorReason.PeerNotTrusted, svidAtWeb.Reason);
        Assert.Equal(SpiffeErrorReason.PeerHasNoSvid, webAtSpiffe.Reason);
        Assert.Empty(Server.Requests);
    }

    [Theory]
    [InlineData("other.test", true)]
    [InlineData("localhost", false)]
    [Trait("Clause", "F-18")]
    public async Task A_server_of_the_web_needs_the_name_of_the_host_and_a_trusted_authority(string host, bool isTrusted)
    {
        Server.Certificate = IssueWeb(host);

        SpiffeException exception = await Assert.ThrowsAsync<SpiffeException>(
            () => WebFetch(isTrusted ? null : TestAuthority.Create("another.invalid")).FetchAsync(Token));

        Assert.Equal(SpiffeErrorReason.PeerNotTrusted, exception.Reason);
        Assert.Empty(Server.Requests);
    }

    [Fact]
    [Trait("Clause", "F-27")]
    public async Task The_server_must_have_exactly_the_id_that_was_configured_and_its_host_name_does_not_matter()
    {
        Server.Answer = ScriptedBundleEndpoint.Serve(new SpiffeDocument(Authority));
        Server.Certificate = Authority.Issue("spiffe://served.test/bundle-endpoint2");

        SpiffeException exception = await Assert.ThrowsAsync<SpiffeException>(() => SpiffeFetch().FetchAsync(Token));
        Server.Certificate = Authority.Issue(new LeafOptions { Uris = [EndpointId], DnsNames = ["nowhere.invalid"] });

        Assert.Equal(SpiffeErrorReason.PeerNotAuthorized, exception.Reason);
        Assert.Single((await SpiffeFetch().FetchAsync(Token)).X509Authorities);
    }

    [Fact]
    [Trait("Clause", "F-27")]
    public async Task A_server_whose_SVID_another_authority_signed_is_not_trusted()
    {
        Server.Certificate = TestAuthority.Create("served.test").Issue(EndpointId);

        SpiffeException exception = await Assert.ThrowsAsync<SpiffeException>(() => SpiffeFetch().FetchAsync(Token));

        Assert.Equal(SpiffeErrorReason.PeerNotTrusted, exception.Reason);
        Assert.Empty(Server.Requests);
    }

    [Fact]
    [Trait("Clause", "F-28")]
    public async Task An_endpoint_of_its_own_trust_domain_is_verified_with_the_latest_bundle()
    {
        TestAuthority next = TestAuthority.Create("served.test");
        BundleFetch fetch = SpiffeFetch();
        Server.Answer = ScriptedBundleEndpoint.Serve(new SpiffeDocument(next));
        await fetch.FetchAsync(Token);

        SpiffeException exception = await Assert.ThrowsAsync<SpiffeException>(() => fetch.FetchAsync(Token));
        Server.Certificate = next.Issue(EndpointId);

        Assert.Equal(SpiffeErrorReason.PeerNotTrusted, exception.Reason);
        Assert.Equal([next.Certificate], (await fetch.FetchAsync(Token)).X509Authorities);
    }

    [Fact]
    [Trait("Clause", "F-25")]
    [Trait("Clause", "F-29")]
    public async Task An_endpoint_of_another_trust_domain_is_verified_with_the_latest_bundle_of_that_one()
    {
        TestAuthority first = TestAuthority.Create("host.test");
        TestAuthority second = TestAuthority.Create("host.test");
        SpiffeBundle current = BundleOf(first);
        BundleFetch fetch = new(
            BundleEndpoint.ForHttpsSpiffe(Served, Server.Url, SpiffeId.Parse("spiffe://host.test/bundles")), () => current);
        Server.Answer = ScriptedBundleEndpoint.Serve(new SpiffeDocument(Authority));
        Server.Certificate = first.Issue("spiffe://host.test/bundles");
        await fetch.FetchAsync(Token);
        Server.Certificate = second.Issue("spiffe://host.test/bundles");

        SpiffeException exception = await Assert.ThrowsAsync<SpiffeException>(() => fetch.FetchAsync(Token));
        current = BundleOf(second);

        Assert.Equal(SpiffeErrorReason.PeerNotTrusted, exception.Reason);
        Assert.Equal(Served, (await fetch.FetchAsync(Token)).TrustDomain);
    }

    [Fact]
    [Trait("Clause", "F-23")]
    public async Task Without_a_bundle_of_the_endpoints_trust_domain_it_is_not_asked()
    {
        SpiffeException exception = await Assert.ThrowsAsync<SpiffeException>(
            () => SpiffeFetch(BundleOf(TestAuthority.Create("another.test"))).FetchAsync(Token));

        Assert.Equal(SpiffeErrorReason.BundleNotFound, exception.Reason);
        Assert.Empty(Server.Requests);
    }

    [Fact]
    [Trait("Clause", "F-4")]
    public async Task A_lower_sequence_number_is_refused_and_an_equal_or_higher_one_taken()
    {
        BundleFetch fetch = SpiffeFetch();
        Server.Answer = ScriptedBundleEndpoint.Serve(new SpiffeDocument(Authority) { SequenceNumber = 5 });
        SpiffeBundle five = await fetch.FetchAsync(Token);
        Server.Answer = ScriptedBundleEndpoint.Serve(new SpiffeDocument(Authority) { SequenceNumber = 4 });

        SpiffeException exception = await Assert.ThrowsAsync<SpiffeException>(() => fetch.FetchAsync(Token));

        Assert.Equal(SpiffeErrorReason.BundleEndpointFailed, exception.Reason);
        Assert.Equal(five, fetch.Latest);
        Server.Answer = ScriptedBundleEndpoint.Serve(new SpiffeDocument(Authority) { SequenceNumber = ulong.MaxValue });
        Assert.Equal(ulong.MaxValue, (await fetch.FetchAsync(Token)).SequenceNumber);
    }

    [Fact]
    [Trait("Clause", "F-4")]
    public async Task The_bundle_that_a_self_serving_endpoint_is_verified_with_counts_as_known()
    {
        SpiffeBundle known = new(Served, [Authority.Certificate], sequenceNumber: 9);
        Server.Answer = ScriptedBundleEndpoint.Serve(new SpiffeDocument(Authority) { SequenceNumber = 8 });

        SpiffeException exception = await Assert.ThrowsAsync<SpiffeException>(() => SpiffeFetch(known).FetchAsync(Token));

        Assert.Equal(SpiffeErrorReason.BundleEndpointFailed, exception.Reason);
    }

    [Fact]
    [Trait("Clause", "F-5")]
    public async Task Without_sequence_numbers_the_last_one_wins()
    {
        TestAuthority next = TestAuthority.Create("served.test");
        BundleFetch fetch = SpiffeFetch();
        Server.Answer = ScriptedBundleEndpoint.Serve(new SpiffeDocument(Authority) { SequenceNumber = 5 });
        await fetch.FetchAsync(Token);
        Server.Answer = ScriptedBundleEndpoint.Serve(new SpiffeDocument(Authority, next));

        Assert.Equal(2, (await fetch.FetchAsync(Token)).X509Authorities.Count);
    }

    [Fact]
    [Trait("Clause", "B-10")]
    public async Task An_empty_set_of_keys_replaces_the_old_bundle()
    {
        BundleFetch fetch = SpiffeFetch();
        Server.Answer = ScriptedBundleEndpoint.Serve(new SpiffeDocument(Authority) { SequenceNumber = 1 });
        await fetch.FetchAsync(Token);
        Server.Answer = ScriptedBundleEndpoint.Send("200 OK", """{"keys":[],"spiffe_sequence":2}""");

        Assert.Empty((await fetch.FetchAsync(Token)).X509Authorities);
        Assert.Equal(2UL, fetch.Latest!.SequenceNumber);
    }

    [Fact]
    public async Task The_server_may_say_that_nothing_has_changed()
    {
        BundleFetch fetch = SpiffeFetch();
        Server.Answer = ScriptedBundleEndpoint.Send(
            "200 OK", new SpiffeDocument(Authority).Json, "ETag: \"one\"\r\nLast-Modified: Wed, 01 Jul 2026 10:00:00 GMT\r\n");
        SpiffeBundle bundle = await fetch.FetchAsync(Token);
        Server.Answer = ScriptedBundleEndpoint.SendRaw("HTTP/1.1 304 Not Modified\r\n\r\n"u8.ToArray());

        Assert.Same(bundle, await fetch.FetchAsync(Token));
        Assert.Contains("If-None-Match: \"one\"\r\n", Server.Requests.Last(), StringComparison.Ordinal);
        Assert.Contains("If-Modified-Since: Wed, 01 Jul 2026 10:00:00 GMT\r\n", Server.Requests.Last(), StringComparison.Ordinal);
    }
}
