using Spiffe.Tls;

namespace Spiffe.Tests.BundleServing;

/// <summary>Every fault of the bundle endpoint is an error to the client, which keeps what it had.</summary>
public sealed class BundleServerFaultTests : BundleServerTest
{
    [Theory]
    [InlineData("EndpointError", SpiffeErrorReason.BundleEndpointFailed)]
    [InlineData("EndpointTooLarge", SpiffeErrorReason.BundleEndpointFailed)]
    [InlineData("EndpointOldSequence", SpiffeErrorReason.BundleEndpointFailed)]
    [InlineData("EndpointRedirectsToHttp", SpiffeErrorReason.BundleEndpointFailed)]
    [InlineData("EndpointOfAnother", SpiffeErrorReason.PeerNotAuthorized)]
    [InlineData("EndpointCertificateExpired", SpiffeErrorReason.PeerNotTrusted)]
    [Trait("Clause", "F-35")]
    public async Task Of_a_server_with_an_SVID(string fault, SpiffeErrorReason reason)
    {
        await FailAsync(SpiffeFetch(await ServeAsync()), fault, reason);
    }

    [Theory]
    [InlineData("EndpointError", SpiffeErrorReason.BundleEndpointFailed)]
    [InlineData("EndpointOfAnother", SpiffeErrorReason.PeerNotTrusted)]
    [InlineData("EndpointCertificateExpired", SpiffeErrorReason.PeerNotTrusted)]
    [Trait("Clause", "F-35")]
    public async Task Of_a_server_of_the_web(string fault, SpiffeErrorReason reason)
    {
        await ServeAsync("HttpsWeb");
        await FailAsync(WebFetch(), fault, reason);
    }

    [Fact]
    public async Task A_slow_server_answers_once_the_fault_is_over()
    {
        BundleFetch fetch = SpiffeFetch(await ServeAsync());
        Update("""{ "faults": [ "EndpointSlow" ] }""");
        Task<SpiffeBundle> waiting = fetch.FetchAsync(Token);
        await Task.Delay(TimeSpan.FromSeconds(1.5), Token);
        Assert.False(waiting.IsCompleted);

        Update("""{ "faults": [] }""");

        Assert.Equal(Own, (await waiting).TrustDomain);
    }

    private async Task FailAsync(BundleFetch fetch, string fault, SpiffeErrorReason reason)
    {
        SpiffeBundle known = await fetch.FetchAsync(Token);
        Update($$"""{ "faults": [ "{{fault}}" ] }""");

        SpiffeException exception = await Assert.ThrowsAsync<SpiffeException>(() => fetch.FetchAsync(Token));
        Update("""{ "faults": [] }""");

        Assert.Equal(reason, exception.Reason);
        Assert.Same(known, fetch.Latest);
        Assert.Equal(known, await fetch.FetchAsync(Token));
    }
}
