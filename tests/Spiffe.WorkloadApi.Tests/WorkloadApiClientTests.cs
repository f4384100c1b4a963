extern alias client;

using Google.Protobuf;
using Google.Protobuf.WellKnownTypes;
using Spiffe.Protocol;
using Spiffe.Testing;
using client::Spiffe.WorkloadApi;

namespace Spiffe.Tests;

public sealed class WorkloadApiClientTests : ClientTest
{
    private static readonly TestAuthority s_foreign = TestAuthority.Create("other.org");

    [Fact]
    [Trait("Clause", "A-38")]
    public async Task X509_SVIDs_come_in_theServers_order_with_their_bundles()
    {
        X509SVIDResponse message = Messages.X509Svids(
            Messages.X509Svid(Authority, "spiffe://example.org/z", "external"),
            Messages.X509Svid(Authority, "spiffe://example.org/a", keyType: TestKeyType.Rsa2048));
        message.FederatedBundles.Add("spiffe://other.org", ByteString.CopyFrom(s_foreign.BundleDer));
        Server.X509Svids = ScriptedWorkloadApi.Always(message);

        IReadOnlyList<X509Svid> svids = await Client.FetchX509SvidsAsync(Token);

        Assert.Equal(["spiffe://example.org/z", "spiffe://example.org/a"], svids.Select(svid => svid.SpiffeId.ToString()));
        Assert.Equal([true, false], svids.Select(svid => svid.IsDefault));
        Assert.Equal(["external", ""], svids.Select(svid => svid.Hint));
        Assert.All(svids, svid => Assert.True(svid.Certificate.HasPrivateKey));
        Assert.All(svids, svid => Assert.Equal(Authority.BundleDer, svid.Bundle.ToDer()));
        Assert.Equal("other.org", Assert.Single(svids[1].FederatedBundles).TrustDomain.Name);
    }

    [Fact]
    [Trait("Clause", "A-17")]
    public async Task Of_several_SVIDs_with_one_hint_the_first_is_taken()
    {
        Server.X509Svids = ScriptedWorkloadApi.Always(Messages.X509Svids(
            Messages.X509Svid(Authority, "spiffe://example.org/a", "x"),
            Messages.X509Svid(Authority, "spiffe://example.org/b", "x"),
            Messages.X509Svid(Authority, "spiffe://example.org/c"),
            Messages.X509Svid(Authority, "spiffe://example.org/d")));

        IReadOnlyList<X509Svid> svids = await Client.FetchX509SvidsAsync(Token);

        Assert.Equal(["/a", "/c", "/d"], svids.Select(svid => svid.SpiffeId.Path));
    }

    [Fact]
    public async Task X509_bundles_are_keyed_by_trust_domain_and_sorted()
    {
        Server.X509Bundles = ScriptedWorkloadApi.Always(Messages.X509Bundles(s_foreign, Authority));

        IReadOnlyList<SpiffeBundle> bundles = await Client.FetchX509BundlesAsync(Token);

        Assert.Equal(["example.org", "other.org"], bundles.Select(bundle => bundle.TrustDomain.Name));
        Assert.Equal(Authority.BundleDer, bundles[0].ToDer());
    }

    [Fact]
    public async Task A_trust_domain_without_X509_authorities_has_an_empty_bundle()
    {
        X509BundlesResponse message = Messages.X509Bundles(Authority);
        message.Bundles.Add("spiffe://jwt-only.org", ByteString.Empty);
        Server.X509Bundles = ScriptedWorkloadApi.Always(message);

        IReadOnlyList<SpiffeBundle> bundles = await Client.FetchX509BundlesAsync(Token);

        Assert.Empty(bundles.Single(bundle => bundle.TrustDomain.Name == "jwt-only.org").X509Authorities);
    }

    [Fact]
    public async Task JWT_bundles_hold_the_keys_of_their_trust_domain()
    {
        Server.JwtBundles = ScriptedWorkloadApi.Always(Messages.JwtBundles("example.org", JwtKey));

        SpiffeBundle bundle = Assert.Single(await Client.FetchJwtBundlesAsync(Token));

        Assert.Equal(JwtKey.KeyId, Assert.Single(bundle.JwtAuthorities).KeyId);
    }

    [Fact]
    [Trait("Clause", "A-22")]
    [Trait("Clause", "A-23")]
    public async Task A_JWT_SVID_is_asked_for_by_audience_and_id()
    {
        JWTSVIDRequest? seen = null;
        Server.JwtSvids = request =>
        {
            seen = request;
            return new JWTSVIDResponse { Svids = { Messages.JwtSvid(JwtKey, "spiffe://example.org/web", "h", "a", "b") } };
        };

        JwtSvid svid = Assert.Single(
            await Client.FetchJwtSvidsAsync(["a", "b"], SpiffeId.Parse("spiffe://example.org/web"), Token));

        Assert.Equal(["a", "b"], seen!.Audience);
        Assert.Equal("spiffe://example.org/web", seen.SpiffeId);
        Assert.Equal("h", svid.Hint);
        Assert.Equal(["a", "b"], svid.Audience);
    }

    [Fact]
    [Trait("Clause", "A-25")]
    public async Task Of_several_JWT_SVIDs_with_one_hint_the_first_is_taken()
    {
        Server.JwtSvids = _ => new JWTSVIDResponse
        {
            Svids =
            {
                Messages.JwtSvid(JwtKey, "spiffe://example.org/a", "x", "orders"),
                Messages.JwtSvid(JwtKey, "spiffe://example.org/b", "x", "orders"),
                Messages.JwtSvid(JwtKey, "spiffe://example.org/c", "", "orders"),
                Messages.JwtSvid(JwtKey, "spiffe://example.org/d", "", "orders"),
            },
        };

        IReadOnlyList<JwtSvid> svids = await Client.FetchJwtSvidsAsync(["orders"], spiffeId: null, Token);

        Assert.Equal(["/a", "/c", "/d"], svids.Select(svid => svid.SpiffeId.Path));
    }

    [Fact]
    [Trait("Clause", "A-23")]
    public async Task A_JWT_SVID_of_another_identity_than_asked_for_is_refused()
    {
        Server.JwtSvids = _ =>
            new JWTSVIDResponse { Svids = { Messages.JwtSvid(JwtKey, "spiffe://example.org/web", "", "a") } };

        SpiffeException exception = await Assert.ThrowsAsync<SpiffeException>(
            () => Client.FetchJwtSvidsAsync(["a"], SpiffeId.Parse("spiffe://example.org/other"), Token));

        Assert.Equal(SpiffeErrorReason.ResponseInvalid, exception.Reason);
    }

    [Fact]
    [Trait("Clause", "E-2")]
    [Trait("Clause", "E-4")]
    [Trait("Clause", "E-6")]
    public async Task Every_request_is_gRPC_without_TLS_and_carries_the_security_header()
    {
        Server.X509Svids = ScriptedWorkloadApi.Always(Messages.X509Svids(Authority));
        Server.X509Bundles = ScriptedWorkloadApi.Always(Messages.X509Bundles(Authority));
        Server.JwtBundles = ScriptedWorkloadApi.Always(Messages.JwtBundles("example.org", JwtKey));
        Server.JwtSvids = _ => new JWTSVIDResponse { Svids = { Messages.JwtSvid(JwtKey, "spiffe://example.org/web", "", "a") } };
        Server.Validate = _ => new ValidateJWTSVIDResponse { SpiffeId = "spiffe://example.org/web", Claims = new Struct() };

        await Client.FetchX509SvidsAsync(Token);
        await Client.FetchX509BundlesAsync(Token);
        await Client.FetchJwtBundlesAsync(Token);
        await Client.FetchJwtSvidsAsync(["a"], spiffeId: null, Token);
        await Client.ValidateJwtSvidAsync("token", "a", Token);

        Assert.Equal(5, Server.Requests.Select(request => request.Method).Distinct().Count());
        Assert.All(Server.Requests, request => Assert.Equal("true", request.Headers.GetValue("workload.spiffe.io")));
        Assert.All(Server.Protocols, protocol => Assert.Equal("HTTP/2 http application/grpc", protocol));
        Assert.All(Server.Requests, request => Assert.StartsWith("/SpiffeWorkloadAPI/", request.Method, StringComparison.Ordinal));
    }

    [Fact]
    public async Task All_calls_of_a_process_to_one_endpoint_share_a_connection()
    {
        Server.X509Svids = ScriptedWorkloadApi.Always(Messages.X509Svids(Authority));

        await Task.WhenAll(Enumerable.Range(0, 20).Select(_ => Task.Run(
            () => WorkloadApiClient.For(WorkloadApiEndpoint.Parse(Server.Endpoint)).FetchX509SvidsAsync(Token))));

        Assert.Equal(1, Server.Connections);
    }

    [Fact]
    public async Task A_fetch_leaves_no_call_open_on_theServer()
    {
        Server.X509Svids = ScriptedWorkloadApi.Always(Messages.X509Svids(Authority));

        await Client.FetchX509SvidsAsync(Token);

        await Eventually.TrueAsync(() => Server.OpenCalls == 0, Token);
    }
}
