using System.Text;
using Grpc.Core;
using Spiffe.Protocol;

namespace Spiffe.Tests.WorkloadApi;

public sealed class JwtTests : AgentTest
{
    private const string Web = "spiffe://example.org/web";
    private const string TwoEntries =
        """
        "entries": [ { "spiffeId": "spiffe://example.org/web", "hint": "external" }, { "spiffeId": "spiffe://example.org/batch" } ]
        """;

    [Fact]
    [Trait("Clause", "A-24")]
    public async Task A_token_is_issued_for_each_identity_and_verifies_with_the_bundle()
    {
        SpiffeWorkloadAPI.SpiffeWorkloadAPIClient client = await StartAsync(TwoEntries);

        JWTSVIDResponse response = await IssueAsync(client, "", "orders", "billing");

        Assert.Equal([Web, "spiffe://example.org/batch"], response.Svids.Select(svid => svid.SpiffeId));
        Assert.Equal(["external", ""], response.Svids.Select(svid => svid.Hint));
        SpiffeBundle bundle = await FetchBundleAsync(client);
        Assert.All(response.Svids, svid =>
        {
            JwtValidation validation = JwtSvidValidator.Validate(
                svid.Svid, "billing", [bundle], DateTimeOffset.UtcNow, TimeSpan.Zero);
            Assert.Equal(svid.SpiffeId, validation.SpiffeId?.ToString());
        });
    }

    [Fact]
    [Trait("Clause", "J-2")]
    [Trait("Clause", "J-20")]
    public async Task A_token_has_the_header_members_that_it_may_have()
    {
        SpiffeWorkloadAPI.SpiffeWorkloadAPIClient client = await StartAsync();
        string token = (await IssueAsync(client, "", "orders")).Svids[0].Svid;

        byte[] header = System.Buffers.Text.Base64Url.DecodeFromChars(token.AsSpan(0, token.IndexOf('.', StringComparison.Ordinal)));

        string kid = (await FetchBundleAsync(client)).JwtAuthorities[0].KeyId;
        Assert.Equal($$"""{"alg":"ES256","kid":"{{kid}}","typ":"JWT"}""", Encoding.UTF8.GetString(header));
    }

    [Fact]
    public async Task One_identity_can_be_asked_for()
    {
        SpiffeWorkloadAPI.SpiffeWorkloadAPIClient client = await StartAsync(TwoEntries);

        Assert.Equal(Web, Assert.Single((await IssueAsync(client, Web, "orders")).Svids).SpiffeId);
    }

    [Theory]
    [InlineData("spiffe://example.org/none", StatusCode.PermissionDenied)]
    [InlineData("not an id", StatusCode.InvalidArgument)]
    [Trait("Clause", "A-41")]
    public async Task An_identity_that_is_not_the_callers_is_refused(string id, StatusCode code)
    {
        SpiffeWorkloadAPI.SpiffeWorkloadAPIClient client = await StartAsync(TwoEntries);

        RpcException exception = await Assert.ThrowsAsync<RpcException>(() => IssueAsync(client, id, "orders"));

        Assert.Equal(code, exception.StatusCode);
    }

    [Fact]
    [Trait("Clause", "A-9")]
    public async Task A_request_without_a_mandatory_field_is_refused()
    {
        SpiffeWorkloadAPI.SpiffeWorkloadAPIClient client = await StartAsync();

        await AssertRejectedAsync(() => IssueAsync(client, ""));
        await AssertRejectedAsync(() => IssueAsync(client, "", "orders", ""));
        await AssertRejectedAsync(() => ValidateAsync(client, "", "orders"));
        await AssertRejectedAsync(() => ValidateAsync(client, "a.b.c", ""));
    }

    [Fact]
    [Trait("Clause", "A-30")]
    public async Task A_good_token_is_validated_with_its_claims()
    {
        SpiffeWorkloadAPI.SpiffeWorkloadAPIClient client = await StartAsync(TwoEntries);
        string token = (await IssueAsync(client, Web, "orders")).Svids[0].Svid;

        ValidateJWTSVIDResponse response = await ValidateAsync(client, token, "orders");

        Assert.Equal(Web, response.SpiffeId);
        Assert.Equal(Web, response.Claims.Fields["sub"].StringValue);
        Assert.Equal("orders", response.Claims.Fields["aud"].ListValue.Values[0].StringValue);
        Assert.InRange(response.Claims.Fields["exp"].NumberValue - response.Claims.Fields["iat"].NumberValue, 299, 301);
    }

    [Theory]
    [InlineData("billing", "")]
    [InlineData("orders", "x")]
    public async Task A_bad_token_is_rejected_with_the_reason(string audience, string damage)
    {
        SpiffeWorkloadAPI.SpiffeWorkloadAPIClient client = await StartAsync(TwoEntries);
        string token = (await IssueAsync(client, Web, "orders")).Svids[0].Svid;

        RpcException exception = await AssertRejectedAsync(() => ValidateAsync(client, token + damage, audience));

        Assert.NotEmpty(exception.Status.Detail);
        Assert.DoesNotContain(token, exception.Status.Detail, StringComparison.Ordinal);
        Assert.DoesNotContain(token, Log.ToString(), StringComparison.Ordinal);
    }

    private static async Task<SpiffeBundle> FetchBundleAsync(SpiffeWorkloadAPI.SpiffeWorkloadAPIClient client)
    {
        using AsyncServerStreamingCall<JWTBundlesResponse> call =
            client.FetchJWTBundles(new JWTBundlesRequest(), Header, cancellationToken: Token);
        Assert.True(await call.ResponseStream.MoveNext(Token));
        return SpiffeBundle.FromJwks(
            TrustDomain.Parse("example.org"), call.ResponseStream.Current.Bundles["spiffe://example.org"].Memory);
    }

    private static async Task<RpcException> AssertRejectedAsync(Func<Task> call)
    {
        RpcException exception = await Assert.ThrowsAsync<RpcException>(call);
        Assert.Equal(StatusCode.InvalidArgument, exception.StatusCode);
        return exception;
    }

    private static async Task<JWTSVIDResponse> IssueAsync(
        SpiffeWorkloadAPI.SpiffeWorkloadAPIClient client, string id, params string[] audience) =>
        await client.FetchJWTSVIDAsync(
            new JWTSVIDRequest { SpiffeId = id, Audience = { audience } }, Header, cancellationToken: Token);

    private static async Task<ValidateJWTSVIDResponse> ValidateAsync(
        SpiffeWorkloadAPI.SpiffeWorkloadAPIClient client, string token, string audience) =>
        await client.ValidateJWTSVIDAsync(
            new ValidateJWTSVIDRequest { Svid = token, Audience = audience }, Header, cancellationToken: Token);
}
