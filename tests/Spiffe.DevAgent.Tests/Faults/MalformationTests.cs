using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using Google.Protobuf;
using Grpc.Core;
using Spiffe.Protocol;

namespace Spiffe.Tests.Faults;

/// <summary>Each malformed message breaks its one rule and no other. That the client notices is proved where the client is.</summary>
public sealed class MalformationTests : AgentTest
{
    [Fact]
    [Trait("Clause", "A-8")]
    [Trait("Clause", "A-16")]
    public async Task Mandatory_fields_of_X509_SVIDs_can_be_absent()
    {
        SpiffeWorkloadAPI.SpiffeWorkloadAPIClient client = await StartAsync();

        Assert.Empty((await FetchWithAsync(client, "NoSvids")).Svids);
        Assert.Empty((await FetchSvidAsync(client, "NoSpiffeId")).SpiffeId);
        Assert.True((await FetchSvidAsync(client, "NoCertificate")).X509Svid.IsEmpty);
        Assert.True((await FetchSvidAsync(client, "NoKey")).X509SvidKey.IsEmpty);
        Assert.True((await FetchSvidAsync(client, "NoBundle")).Bundle.IsEmpty);
        AssertWhole(await FetchSvidAsync(client, string.Empty));
    }

    [Fact]
    [Trait("Clause", "A-11")]
    [Trait("Clause", "A-12")]
    [Trait("Clause", "ID-27")]
    public async Task Certificate_key_and_ID_can_be_wrong()
    {
        SpiffeWorkloadAPI.SpiffeWorkloadAPIClient client = await StartAsync();
        X509SVID whole = await FetchSvidAsync(client, string.Empty);

        X509SVID broken = await FetchSvidAsync(client, "BrokenCertificate");
        X509SVID trailing = await FetchSvidAsync(client, "TrailingBytes");
        X509SVID brokenKey = await FetchSvidAsync(client, "BrokenKey");
        X509SVID wrongKey = await FetchSvidAsync(client, "WrongKey");
        X509SVID wrongId = await FetchSvidAsync(client, "WrongSpiffeId");
        X509SVID brokenBundle = await FetchSvidAsync(client, "BrokenBundle");

        Assert.Throws<CryptographicException>(() => X509CertificateLoader.LoadCertificate(broken.X509Svid.Span));
        Assert.True(trailing.X509Svid.Span.StartsWith(whole.X509Svid.Span) && trailing.X509Svid.Length > whole.X509Svid.Length);
        using ECDsa key = ECDsa.Create();
        Assert.Throws<CryptographicException>(() => key.ImportPkcs8PrivateKey(brokenKey.X509SvidKey.Span, out _));
        key.ImportPkcs8PrivateKey(wrongKey.X509SvidKey.Span, out _);
        Assert.NotEqual(whole.X509SvidKey, wrongKey.X509SvidKey);
        Assert.NotEqual(whole.SpiffeId, SpiffeId.Parse(wrongId.SpiffeId).ToString());
        Assert.Throws<CryptographicException>(() => X509CertificateLoader.LoadCertificate(brokenBundle.Bundle.Span));
        Assert.All(
            [brokenKey, wrongKey, wrongId, brokenBundle], svid => Assert.Equal(whole.X509Svid, svid.X509Svid));
    }

    [Fact]
    [Trait("Clause", "A-13")]
    [Trait("Clause", "A-20")]
    [Trait("Clause", "A-29")]
    public async Task Maps_of_bundles_can_be_empty_broken_or_under_wrong_names()
    {
        SpiffeWorkloadAPI.SpiffeWorkloadAPIClient client = await StartAsync();

        Assert.All(await FetchMapsAsync(client, "NoBundles"), Assert.Empty);
        Assert.All(await FetchMapsAsync(client, "BrokenBundle"), map => Assert.Equal("garbage", map.Values.Single().ToStringUtf8()));
        Assert.All(await FetchMapsAsync(client, "BundleOfWorkload"), map => Assert.Contains(map.Keys, id => SpiffeId.Parse(id).HasPath));
        Assert.All(await FetchMapsAsync(client, "BundleOfNobody"), map => Assert.Contains(map.Keys, id => !SpiffeId.TryParse(id, out _)));
        Assert.Contains("spiffe://wrong.example/somebody-else", (await FetchWithAsync(client, "BundleOfWorkload")).FederatedBundles.Keys);
        Assert.All(await FetchMapsAsync(client, string.Empty), map => Assert.Equal(["spiffe://example.org"], map.Keys));
    }

    [Fact]
    [Trait("Clause", "A-24")]
    [Trait("Clause", "A-30")]
    public async Task Tokens_and_validations_can_lack_what_they_must_have()
    {
        SpiffeWorkloadAPI.SpiffeWorkloadAPIClient client = await StartAsync();
        string token = Assert.Single((await IssueAsync(client, string.Empty)).Svids).Svid;

        Assert.Empty((await IssueAsync(client, "NoSvids")).Svids);
        Assert.Empty((await IssueAsync(client, "NoToken")).Svids[0].Svid);
        Assert.Empty((await IssueAsync(client, "NoSpiffeId")).Svids[0].SpiffeId);
        Assert.NotEqual((await ValidateAsync(client, string.Empty, token)).SpiffeId, (await IssueAsync(client, "WrongSpiffeId")).Svids[0].SpiffeId);
        Assert.Empty((await ValidateAsync(client, "NoSpiffeId", token)).SpiffeId);
        Assert.Null((await ValidateAsync(client, "NoClaims", token)).Claims);
        Assert.NotNull((await ValidateAsync(client, string.Empty, token)).Claims);
    }

    [Fact]
    public async Task An_open_stream_gets_the_malformed_message_at_once_and_the_good_one_afterwards()
    {
        using AsyncServerStreamingCall<X509SVIDResponse> call = Open(await StartAsync());
        X509SVIDResponse good = await NextAsync(call);

        Switch("NoKey");
        Assert.True((await NextAsync(call)).Svids[0].X509SvidKey.IsEmpty);
        Switch(string.Empty);

        Assert.Equal(good, await NextAsync(call));
    }

    private void Switch(string fault) =>
        Update(fault.Length == 0 ? """{ "faults": [] }""" : $$"""{ "faults": [ "{{fault}}" ] }""");

    private async Task<X509SVIDResponse> FetchWithAsync(SpiffeWorkloadAPI.SpiffeWorkloadAPIClient client, string fault)
    {
        Switch(fault);
        return await FetchAsync(client);
    }

    private async Task<X509SVID> FetchSvidAsync(SpiffeWorkloadAPI.SpiffeWorkloadAPIClient client, string fault) =>
        Assert.Single((await FetchWithAsync(client, fault)).Svids);

    private async Task<IDictionary<string, ByteString>[]> FetchMapsAsync(
        SpiffeWorkloadAPI.SpiffeWorkloadAPIClient client, string fault)
    {
        Switch(fault);
        using AsyncServerStreamingCall<X509BundlesResponse> x509 =
            client.FetchX509Bundles(new X509BundlesRequest(), Header, cancellationToken: Token);
        using AsyncServerStreamingCall<JWTBundlesResponse> jwt =
            client.FetchJWTBundles(new JWTBundlesRequest(), Header, cancellationToken: Token);
        return [(await NextAsync(x509)).Bundles, (await NextAsync(jwt)).Bundles];
    }

    private async Task<JWTSVIDResponse> IssueAsync(SpiffeWorkloadAPI.SpiffeWorkloadAPIClient client, string fault)
    {
        Switch(fault);
        return await client.FetchJWTSVIDAsync(new JWTSVIDRequest { Audience = { "orders" } }, Header, cancellationToken: Token);
    }

    private async Task<ValidateJWTSVIDResponse> ValidateAsync(
        SpiffeWorkloadAPI.SpiffeWorkloadAPIClient client, string fault, string token)
    {
        Switch(fault);
        return await client.ValidateJWTSVIDAsync(
            new ValidateJWTSVIDRequest { Svid = token, Audience = "orders" }, Header, cancellationToken: Token);
    }

    private static void AssertWhole(X509SVID svid)
    {
        Assert.NotEmpty(svid.SpiffeId);
        Assert.False(svid.X509Svid.IsEmpty || svid.X509SvidKey.IsEmpty || svid.Bundle.IsEmpty);
    }
}
