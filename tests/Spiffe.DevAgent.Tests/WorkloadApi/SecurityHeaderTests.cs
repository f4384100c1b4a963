using Grpc.Core;
using Spiffe.Protocol;

namespace Spiffe.Tests.WorkloadApi;

public sealed class SecurityHeaderTests : AgentTest
{
    public static TheoryData<string, Metadata> Wrong => new()
    {
        { "none", [] },
        { "True", new Metadata { { "workload.spiffe.io", "True" } } },
        { "false", new Metadata { { "workload.spiffe.io", "false" } } },
        { "twice", new Metadata { { "workload.spiffe.io", "true" }, { "workload.spiffe.io", "true" } } },
    };

    [Theory]
    [MemberData(nameof(Wrong), DisableDiscoveryEnumeration = true)]
    [Trait("Clause", "E-5")]
    public async Task A_request_without_the_exact_header_is_refused(string header, Metadata metadata)
    {
        SpiffeWorkloadAPI.SpiffeWorkloadAPIClient client = await StartAsync();

        RpcException unary = await Assert.ThrowsAsync<RpcException>(async () => await client.FetchJWTSVIDAsync(
            new JWTSVIDRequest { Audience = { "orders" } }, metadata, cancellationToken: Token));
        RpcException stream = await Assert.ThrowsAsync<RpcException>(
            () => client.FetchX509SVID(new X509SVIDRequest(), metadata, cancellationToken: Token).ResponseStream.MoveNext(Token));

        Assert.True(unary.StatusCode == StatusCode.InvalidArgument, header);
        Assert.True(stream.StatusCode == StatusCode.InvalidArgument, header);
        Assert.Equal("security header missing from request", stream.Status.Detail);
    }

    [Fact]
    [Trait("Clause", "A-34")]
    public async Task The_WIT_profile_is_not_there()
    {
        SpiffeWorkloadAPI.SpiffeWorkloadAPIClient client = await StartAsync();

        RpcException svid = await Assert.ThrowsAsync<RpcException>(
            () => client.FetchWITSVID(new WITSVIDRequest(), Header, cancellationToken: Token).ResponseStream.MoveNext(Token));
        RpcException bundles = await Assert.ThrowsAsync<RpcException>(
            () => client.FetchWITBundles(new WITBundlesRequest(), Header, cancellationToken: Token).ResponseStream.MoveNext(Token));

        Assert.Equal([StatusCode.Unimplemented, StatusCode.Unimplemented], [svid.StatusCode, bundles.StatusCode]);
    }
}
