using Grpc.Core;
using Spiffe.Protocol;

namespace Spiffe.Tests.WorkloadApi;

/// <summary>What holds for every call of the service, and for tokens between agents and audiences.</summary>
public sealed class CallTests : AgentTest
{
    private static readonly Dictionary<string, Func<SpiffeWorkloadAPI.SpiffeWorkloadAPIClient, Task>> s_callsWithoutHeader = new()
    {
        ["FetchX509SVID"] = client => client.FetchX509SVID(new X509SVIDRequest()).ResponseStream.MoveNext(Token),
        ["FetchX509Bundles"] = client => client.FetchX509Bundles(new X509BundlesRequest()).ResponseStream.MoveNext(Token),
        ["FetchJWTSVID"] = client =>
            client.FetchJWTSVIDAsync(new JWTSVIDRequest { Audience = { "orders" } }).ResponseAsync,
        ["FetchJWTBundles"] = client => client.FetchJWTBundles(new JWTBundlesRequest()).ResponseStream.MoveNext(Token),
        ["ValidateJWTSVID"] = client => client.ValidateJWTSVIDAsync(
            new ValidateJWTSVIDRequest { Audience = "orders", Svid = "a.b.c" }).ResponseAsync,
        ["FetchWITSVID"] = client => client.FetchWITSVID(new WITSVIDRequest()).ResponseStream.MoveNext(Token),
        ["FetchWITBundles"] = client => client.FetchWITBundles(new WITBundlesRequest()).ResponseStream.MoveNext(Token),
    };

    public static TheoryData<string> Methods => [.. s_callsWithoutHeader.Keys];

    [Theory]
    [MemberData(nameof(Methods))]
    [Trait("Clause", "E-5")]
    public async Task No_call_does_without_the_security_header(string method)
    {
        SpiffeWorkloadAPI.SpiffeWorkloadAPIClient client = await StartAsync();

        RpcException exception = await Assert.ThrowsAsync<RpcException>(() => s_callsWithoutHeader[method](client));

        Assert.Equal(StatusCode.InvalidArgument, exception.StatusCode);
        Assert.Equal("security header missing from request", exception.Status.Detail);
        Assert.Equal(0, OpenStreams);
    }

    [Fact]
    [Trait("Clause", "E-18")]
    public void The_service_has_the_standards_calls_and_no_other()
    {
        Assert.Equal("SpiffeWorkloadAPI", SpiffeWorkloadAPI.Descriptor.FullName);
        Assert.Equal(s_callsWithoutHeader.Keys, SpiffeWorkloadAPI.Descriptor.Methods.Select(method => method.Name));
    }

    [Fact]
    [Trait("Clause", "J-11")]
    public async Task A_token_is_valid_for_each_of_its_audiences_byte_for_byte()
    {
        SpiffeWorkloadAPI.SpiffeWorkloadAPIClient client = await StartAsync();
        string token = await IssueAsync(client, "orders", "billing");

        Assert.NotEmpty((await ValidateAsync(client, token, "orders")).SpiffeId);
        Assert.NotEmpty((await ValidateAsync(client, token, "billing")).SpiffeId);
        RpcException exception = await Assert.ThrowsAsync<RpcException>(() => ValidateAsync(client, token, "ORDERS"));
        Assert.Equal(StatusCode.InvalidArgument, exception.StatusCode);
    }

    [Fact]
    public async Task Another_agents_token_is_refused_though_the_trust_domain_is_the_same()
    {
        SpiffeWorkloadAPI.SpiffeWorkloadAPIClient client = await StartAsync();
        await using CallTests stranger = new();
        string token = await IssueAsync(await stranger.StartAsync(), "orders");

        RpcException exception = await Assert.ThrowsAsync<RpcException>(() => ValidateAsync(client, token, "orders"));

        Assert.Equal(StatusCode.InvalidArgument, exception.StatusCode);
    }

    [Fact]
    public async Task The_log_says_what_became_of_each_request()
    {
        SpiffeWorkloadAPI.SpiffeWorkloadAPIClient client = await StartAsync(
            "\"entries\": [ { \"spiffeId\": \"spiffe://example.org/a\" }, { \"spiffeId\": \"spiffe://example.org/b\" } ]");
        JWTSVIDRequest ofB = new() { Audience = { "orders" }, SpiffeId = "spiffe://example.org/b" };
        JWTSVIDRequest ofC = new() { Audience = { "orders" }, SpiffeId = "spiffe://example.org/c" };
        JWTSVIDResponse response = await client.FetchJWTSVIDAsync(ofB, Header, cancellationToken: Token);
        await Assert.ThrowsAsync<RpcException>(
            async () => await client.FetchJWTSVIDAsync(ofC, Header, cancellationToken: Token));
        await ValidateAsync(client, response.Svids[0].Svid, "orders");
        await Assert.ThrowsAsync<RpcException>(() => ValidateAsync(client, response.Svids[0].Svid, "billing"));

        string[] given =
        [
            .. Log.ToString().Split('\n', StringSplitOptions.TrimEntries)
                .Where(line => line.Contains("JWTSVID by pid ", StringComparison.Ordinal))
                .Select(line => line[line.IndexOf("gid ", StringComparison.Ordinal)..].Split(": ", 2)[1]),
        ];

        Assert.Equal(["spiffe://example.org/b", "no identity", "valid, spiffe://example.org/b", "refused"], given);
    }

    private static async Task<string> IssueAsync(
        SpiffeWorkloadAPI.SpiffeWorkloadAPIClient client, params string[] audience) => (await client.FetchJWTSVIDAsync(
        new JWTSVIDRequest { Audience = { audience } }, Header, cancellationToken: Token)).Svids[0].Svid;

    private static async Task<ValidateJWTSVIDResponse> ValidateAsync(
        SpiffeWorkloadAPI.SpiffeWorkloadAPIClient client, string token, string audience) =>
        await client.ValidateJWTSVIDAsync(
            new ValidateJWTSVIDRequest { Svid = token, Audience = audience }, Header, cancellationToken: Token);
}
