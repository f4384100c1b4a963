extern alias client;

using Google.Protobuf;
using Google.Protobuf.WellKnownTypes;
using Grpc.Core;
using Spiffe.Protocol;
using Spiffe.Testing;
using client::Spiffe.WorkloadApi;

namespace Spiffe.Tests;

public sealed class WorkloadApiClientTests : IAsyncLifetime
{
    private static readonly TestAuthority s_authority = TestAuthority.Create();
    private static readonly TestAuthority s_foreign = TestAuthority.Create("other.org");
    private static readonly TestJwtKey s_key = new();

    private ScriptedWorkloadApi _server = null!;
    private IWorkloadApi _client = null!;

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    public async ValueTask InitializeAsync()
    {
        _server = await ScriptedWorkloadApi.StartAsync();
        _client = WorkloadApiClient.For(WorkloadApiEndpoint.Parse(_server.Endpoint));
    }

    public ValueTask DisposeAsync() => _server.DisposeAsync();

    [Fact]
    [Trait("Clause", "A-38")]
    public async Task X509_SVIDs_come_in_the_servers_order_with_their_bundles()
    {
        X509SVIDResponse message = Messages.X509Svids(
            Messages.X509Svid(s_authority, "spiffe://example.org/z", "external"),
            Messages.X509Svid(s_authority, "spiffe://example.org/a", keyType: TestKeyType.Rsa2048));
        message.FederatedBundles.Add("spiffe://other.org", ByteString.CopyFrom(s_foreign.BundleDer));
        _server.X509Svids = ScriptedWorkloadApi.Always(message);

        IReadOnlyList<X509Svid> svids = await _client.FetchX509SvidsAsync(Token);

        Assert.Equal(["spiffe://example.org/z", "spiffe://example.org/a"], svids.Select(svid => svid.SpiffeId.ToString()));
        Assert.Equal([true, false], svids.Select(svid => svid.IsDefault));
        Assert.Equal(["external", ""], svids.Select(svid => svid.Hint));
        Assert.All(svids, svid => Assert.True(svid.Certificate.HasPrivateKey));
        Assert.All(svids, svid => Assert.Equal(s_authority.BundleDer, svid.Bundle.ToDer()));
        Assert.Equal("other.org", Assert.Single(svids[1].FederatedBundles).TrustDomain.Name);
    }

    [Fact]
    [Trait("Clause", "A-17")]
    public async Task Of_several_SVIDs_with_one_hint_the_first_is_taken()
    {
        _server.X509Svids = ScriptedWorkloadApi.Always(Messages.X509Svids(
            Messages.X509Svid(s_authority, "spiffe://example.org/a", "x"),
            Messages.X509Svid(s_authority, "spiffe://example.org/b", "x"),
            Messages.X509Svid(s_authority, "spiffe://example.org/c"),
            Messages.X509Svid(s_authority, "spiffe://example.org/d")));

        IReadOnlyList<X509Svid> svids = await _client.FetchX509SvidsAsync(Token);

        Assert.Equal(["/a", "/c", "/d"], svids.Select(svid => svid.SpiffeId.Path));
    }

    [Fact]
    public async Task X509_bundles_are_keyed_by_trust_domain_and_sorted()
    {
        _server.X509Bundles = ScriptedWorkloadApi.Always(Messages.X509Bundles(s_foreign, s_authority));

        IReadOnlyList<SpiffeBundle> bundles = await _client.FetchX509BundlesAsync(Token);

        Assert.Equal(["example.org", "other.org"], bundles.Select(bundle => bundle.TrustDomain.Name));
        Assert.Equal(s_authority.BundleDer, bundles[0].ToDer());
    }

    [Fact]
    public async Task A_trust_domain_without_X509_authorities_has_an_empty_bundle()
    {
        X509BundlesResponse message = Messages.X509Bundles(s_authority);
        message.Bundles.Add("spiffe://jwt-only.org", ByteString.Empty);
        _server.X509Bundles = ScriptedWorkloadApi.Always(message);

        IReadOnlyList<SpiffeBundle> bundles = await _client.FetchX509BundlesAsync(Token);

        Assert.Empty(bundles.Single(bundle => bundle.TrustDomain.Name == "jwt-only.org").X509Authorities);
    }

    [Fact]
    public async Task JWT_bundles_hold_the_keys_of_their_trust_domain()
    {
        _server.JwtBundles = ScriptedWorkloadApi.Always(Messages.JwtBundles("example.org", s_key));

        SpiffeBundle bundle = Assert.Single(await _client.FetchJwtBundlesAsync(Token));

        Assert.Equal(s_key.KeyId, Assert.Single(bundle.JwtAuthorities).KeyId);
    }

    [Fact]
    [Trait("Clause", "A-22")]
    [Trait("Clause", "A-23")]
    public async Task A_JWT_SVID_is_asked_for_by_audience_and_id()
    {
        JWTSVIDRequest? seen = null;
        _server.JwtSvids = request =>
        {
            seen = request;
            return new JWTSVIDResponse { Svids = { Messages.JwtSvid(s_key, "spiffe://example.org/web", "h", "a", "b") } };
        };

        JwtSvid svid = Assert.Single(
            await _client.FetchJwtSvidsAsync(["a", "b"], SpiffeId.Parse("spiffe://example.org/web"), Token));

        Assert.Equal(["a", "b"], seen!.Audience);
        Assert.Equal("spiffe://example.org/web", seen.SpiffeId);
        Assert.Equal("h", svid.Hint);
        Assert.Equal(["a", "b"], svid.Audience);
    }

    [Fact]
    [Trait("Clause", "A-23")]
    public async Task A_JWT_SVID_of_another_identity_than_asked_for_is_refused()
    {
        _server.JwtSvids = _ =>
            new JWTSVIDResponse { Svids = { Messages.JwtSvid(s_key, "spiffe://example.org/web", "", "a") } };

        SpiffeException exception = await Assert.ThrowsAsync<SpiffeException>(
            () => _client.FetchJwtSvidsAsync(["a"], SpiffeId.Parse("spiffe://example.org/other"), Token));

        Assert.Equal(SpiffeErrorReason.ResponseInvalid, exception.Reason);
    }

    [Fact]
    [Trait("Clause", "A-31")]
    public async Task The_claims_of_a_validated_token_are_the_servers()
    {
        _server.Validate = request => new ValidateJWTSVIDResponse
        {
            SpiffeId = "spiffe://example.org/web",
            Claims = new Struct
            {
                Fields =
                {
                    ["audience"] = Value.ForString(request.Audience),
                    ["exp"] = Value.ForNumber(1700000000),
                    ["ratio"] = Value.ForNumber(0.5),
                    ["list"] = Value.ForList(Value.ForBool(true), Value.ForNull()),
                },
            },
        };

        JwtValidation validation = await _client.ValidateJwtSvidAsync("token", "orders", Token);

        Assert.True(validation.Valid);
        Assert.Equal("spiffe://example.org/web", validation.SpiffeId!.ToString());
        Assert.Equal("orders", validation.Claims["audience"]);
        Assert.Equal(1700000000L, validation.Claims["exp"]);
        Assert.Equal(0.5, validation.Claims["ratio"]);
        Assert.Equal("Agent", validation.ValidatedBy);
    }

    [Fact]
    public async Task A_token_that_the_server_refuses_is_an_answer_without_the_token()
    {
        _server.Validate = request => throw new RpcException(new Status(StatusCode.InvalidArgument, $"bad: {request.Svid}"));

        JwtValidation validation = await _client.ValidateJwtSvidAsync("aaa.bbb.ccc", "orders", Token);

        Assert.False(validation.Valid);
        Assert.Equal("bad: the token", validation.Reason);
    }

    [Theory]
    [InlineData(true, false)]
    [InlineData(false, true)]
    [Trait("Clause", "A-30")]
    public async Task A_validation_that_lacks_a_field_is_refused(bool hasId, bool hasClaims)
    {
        _server.Validate = _ => new ValidateJWTSVIDResponse
        {
            SpiffeId = hasId ? "spiffe://example.org/web" : "",
            Claims = hasClaims ? new Struct() : null,
        };

        SpiffeException exception = await Assert.ThrowsAsync<SpiffeException>(
            () => _client.ValidateJwtSvidAsync("token", "orders", Token));

        Assert.Equal(SpiffeErrorReason.ResponseInvalid, exception.Reason);
    }

    [Fact]
    [Trait("Clause", "E-4")]
    public async Task Every_request_carries_the_security_header()
    {
        _server.X509Svids = ScriptedWorkloadApi.Always(Messages.X509Svids(s_authority));
        _server.X509Bundles = ScriptedWorkloadApi.Always(Messages.X509Bundles(s_authority));
        _server.JwtBundles = ScriptedWorkloadApi.Always(Messages.JwtBundles("example.org", s_key));
        _server.JwtSvids = _ => new JWTSVIDResponse { Svids = { Messages.JwtSvid(s_key, "spiffe://example.org/web", "", "a") } };
        _server.Validate = _ => new ValidateJWTSVIDResponse { SpiffeId = "spiffe://example.org/web", Claims = new Struct() };

        await _client.FetchX509SvidsAsync(Token);
        await _client.FetchX509BundlesAsync(Token);
        await _client.FetchJwtBundlesAsync(Token);
        await _client.FetchJwtSvidsAsync(["a"], spiffeId: null, Token);
        await _client.ValidateJwtSvidAsync("token", "a", Token);

        Assert.Equal(5, _server.Requests.Select(request => request.Method).Distinct().Count());
        Assert.All(_server.Requests, request => Assert.Equal("true", request.Headers.GetValue("workload.spiffe.io")));
        Assert.All(_server.Requests, request => Assert.StartsWith("/SpiffeWorkloadAPI/", request.Method, StringComparison.Ordinal));
    }

    [Fact]
    public async Task All_calls_of_a_process_to_one_endpoint_share_a_connection()
    {
        _server.X509Svids = ScriptedWorkloadApi.Always(Messages.X509Svids(s_authority));

        await Task.WhenAll(Enumerable.Range(0, 20).Select(_ =>
            WorkloadApiClient.For(WorkloadApiEndpoint.Parse(_server.Endpoint)).FetchX509SvidsAsync(Token)));

        Assert.Equal(1, _server.Connections);
    }

    [Fact]
    public async Task A_fetch_leaves_no_call_open_on_the_server()
    {
        _server.X509Svids = ScriptedWorkloadApi.Always(Messages.X509Svids(s_authority));

        await _client.FetchX509SvidsAsync(Token);

        await Eventually.TrueAsync(() => _server.OpenCalls == 0, Token);
    }
}
