using Grpc.Core;
using Spiffe.Protocol;

namespace Spiffe.Tests.Federation;

/// <summary>Two agents that trust each other through a bundle endpoint.</summary>
public sealed class EndpointFollowerTests : AgentTest
{
    private const string Far = "spiffe://far.example";

    private string BundlePath => Path.Combine(Folder, "far.json");

    private string ConfigPath => Path.Combine(Folder, "agent.json");

    [Fact]
    [Trait("Clause", "F-24")]
    public async Task A_bundle_is_fetched_verified_with_a_file_that_comes_later_and_followed()
    {
        int port = FreePort();
        using AsyncServerStreamingCall<X509SVIDResponse> call = Open(await StartAsync($$"""
            "federatesWith": [ {
                "trustDomain": "far.example", "uri": "https://127.0.0.1:{{port}}/", "profile": "HttpsSpiffe",
                "endpointSpiffeId": "spiffe://far.example/bundle-endpoint", "bundlePath": "{{BundlePath}}" } ]
            """));
        Assert.Empty((await NextAsync(call)).FederatedBundles);

        await using EndpointFollowerTests far = await StartFarAsync(port);
        X509SVIDResponse first = await NextAsync(call);
        far.Update("""{ "rotate": [ "X509Authority" ] }""");
        X509SVIDResponse second = await NextAsync(call);

        Assert.Equal([Far], first.FederatedBundles.Keys);
        Assert.True(second.FederatedBundles[Far].Length > first.FederatedBundles[Far].Length);
        await WaitForLogAsync("fetched the bundle of 'far.example'");
    }

    [Fact]
    [Trait("Clause", "F-13")]
    public async Task A_bundle_is_fetched_from_a_server_of_the_web()
    {
        await using EndpointFollowerTests far = await StartFarAsync(port: 0, "HttpsWeb");
        string authority = System.Text.Json.JsonSerializer.Serialize(far.BundleEndpointAuthority!.ExportCertificatePem());
        using AsyncServerStreamingCall<X509SVIDResponse> call = Open(await StartAsync($$"""
            "federatesWith": [ { "trustDomain": "far.example", "uri": "{{far.BundleEndpoint}}", "profile": "HttpsWeb", "caCertificate": {{authority}} } ]
            """));

        X509SVIDResponse response = await NextAsync(call);
        response = response.FederatedBundles.Count > 0 ? response : await NextAsync(call);

        Assert.Equal([Far], response.FederatedBundles.Keys);
    }

    [Fact]
    [Trait("Clause", "F-32")]
    public async Task A_federation_that_leaves_the_configuration_ends_and_its_endpoint_is_asked_no_more()
    {
        await using EndpointFollowerTests far = await StartFarAsync(port: 0);
        await File.WriteAllTextAsync(
            ConfigPath,
            $$"""
            { "federatesWith": [ { "trustDomain": "far.example", "uri": "{{far.BundleEndpoint}}", "profile": "HttpsSpiffe",
                "endpointSpiffeId": "spiffe://far.example/bundle-endpoint", "bundlePath": "far.json" } ] }
            """,
            Token);
        using AsyncServerStreamingCall<X509SVIDResponse> call = Open(await StartAsync($"\"configPath\": \"{ConfigPath}\""));
        X509SVIDResponse response = await NextAsync(call);
        response = response.FederatedBundles.Count > 0 ? response : await NextAsync(call);
        Assert.Equal([Far], response.FederatedBundles.Keys);

        await File.WriteAllTextAsync(ConfigPath + ".new", "{}", Token);
        File.Move(ConfigPath + ".new", ConfigPath, overwrite: true);

        Assert.Empty((await NextAsync(call)).FederatedBundles);
        int asked = far.CountRequests();
        await Task.Delay(TimeSpan.FromSeconds(2.5), Token);
        Assert.Equal(asked, far.CountRequests());
    }

    [Fact]
    [Trait("Clause", "F-3")]
    [Trait("Clause", "F-31")]
    [Trait("Clause", "F-35")]
    public async Task An_endpoint_that_fails_leaves_the_bundle_that_was_known()
    {
        await using EndpointFollowerTests far = await StartFarAsync(port: 0);
        using AsyncServerStreamingCall<X509SVIDResponse> call = Open(await StartAsync($$"""
            "federatesWith": [ { "trustDomain": "far.example", "uri": "{{far.BundleEndpoint}}", "profile": "HttpsSpiffe",
                "endpointSpiffeId": "spiffe://far.example/bundle-endpoint", "bundlePath": "{{BundlePath}}" } ]
            """));
        X509SVIDResponse response = await NextAsync(call);
        response = response.FederatedBundles.Count > 0 ? response : await NextAsync(call);
        Assert.Equal([Far], response.FederatedBundles.Keys);

        far.Update("""{ "faults": [ "EndpointOfAnother" ] }""");
        await WaitForLogAsync("is not fetched, and what was known stays");

        Assert.False(call.ResponseStream.MoveNext(Token).IsCompleted);
    }

    private static int FreePort()
    {
        using System.Net.Sockets.TcpListener listener = new(System.Net.IPAddress.Loopback, port: 0);
        listener.Start();
        return ((System.Net.IPEndPoint)listener.LocalEndpoint).Port;
    }

    private int CountRequests() => Log.ToString().Split("bundle endpoint: GET").Length - 1;

    private async Task<EndpointFollowerTests> StartFarAsync(int port, string profile = "HttpsSpiffe")
    {
        EndpointFollowerTests far = new();
        await far.StartAsync(
            $$"""
            "trustDomain": "far.example", "bundlePath": "{{BundlePath}}", "bundleRefreshHintSec": 1,
            "bundleEndpoint": { "address": "127.0.0.1:{{port}}", "profile": "{{profile}}" }
            """,
            publishAhead: TimeSpan.FromSeconds(3));
        return far;
    }
}
