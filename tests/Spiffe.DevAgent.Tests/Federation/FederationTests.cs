using System.Text.Json;
using Grpc.Core;
using Spiffe.Protocol;

namespace Spiffe.Tests.Federation;

/// <summary>Two agents that trust each other through a file.</summary>
public sealed class FederationTests : AgentTest
{
    private const string Far = "spiffe://far.example";

    private string BundlePath => Path.Combine(Folder, "far.json");

    private SpiffeWorkloadAPI.SpiffeWorkloadAPIClient Client => new(Channel);

    private string Federated => $$"""
        "federatedBundles": { "far.example": "{{BundlePath}}" },
        "entries": [ { "spiffeId": "spiffe://example.org/a", "federatesWith": "far.example" }, { "spiffeId": "spiffe://example.org/b" } ]
        """;

    [Fact]
    public async Task An_entry_gets_the_bundles_that_it_federates_with_on_every_stream()
    {
        await using FederationTests far = await StartFarAsync();
        SpiffeWorkloadAPI.SpiffeWorkloadAPIClient client = await StartAsync(Federated);

        X509SVIDResponse svids = await FetchAsync(client);

        Assert.Equal([Far], svids.FederatedBundles.Keys);
        Assert.Equal(ReadBundle().ToDer(), svids.FederatedBundles[Far].ToByteArray());
        Assert.Equal(["spiffe://example.org", Far], (await FetchX509BundlesAsync(client)).Bundles.Keys);
        Assert.Equal(["spiffe://example.org", Far], (await FetchJwtBundlesAsync(client)).Bundles.Keys);
    }

    [Fact]
    public async Task Without_federation_an_entry_gets_none_and_without_entries_everybody_gets_all()
    {
        await using FederationTests far = await StartFarAsync();
        string bundles = $"\"federatedBundles\": {{ \"far.example\": \"{BundlePath}\" }}";

        Assert.Empty((await FetchAsync(await StartAsync(
            bundles + ", \"entries\": [ { \"spiffeId\": \"spiffe://example.org/b\" } ]"))).FederatedBundles);
        await StopAsync();

        Assert.Equal([Far], (await FetchAsync(await StartAsync(bundles))).FederatedBundles.Keys);
    }

    [Fact]
    public async Task A_token_of_a_federated_trust_domain_is_valid()
    {
        await using FederationTests far = await StartFarAsync();
        SpiffeWorkloadAPI.SpiffeWorkloadAPIClient client = await StartAsync(Federated);
        JWTSVID token = (await far.Client.FetchJWTSVIDAsync(
            new JWTSVIDRequest { Audience = { "orders" } }, Header, cancellationToken: Token)).Svids[0];

        ValidateJWTSVIDResponse validation = await client.ValidateJWTSVIDAsync(
            new ValidateJWTSVIDRequest { Svid = token.Svid, Audience = "orders" }, Header, cancellationToken: Token);

        Assert.Equal(token.SpiffeId, validation.SpiffeId);
    }

    [Fact]
    [Trait("Clause", "B-5")]
    [Trait("Clause", "B-7")]
    [Trait("Clause", "F-4")]
    public async Task A_rotation_over_there_is_followed_here_and_has_a_higher_sequence_number()
    {
        await using FederationTests far = await StartFarAsync();
        using AsyncServerStreamingCall<X509SVIDResponse> call = Open(await StartAsync(Federated));
        X509SVIDResponse before = await NextAsync(call);
        SpiffeBundle old = ReadBundle();

        far.Update("""{ "rotate": [ "X509Authority" ] }""");
        X509SVIDResponse after = await NextAsync(call);

        Assert.NotEqual(before.FederatedBundles[Far], after.FederatedBundles[Far]);
        Assert.Equal(before.Svids[0].X509Svid, after.Svids[0].X509Svid);
        Assert.True(ReadBundle().SequenceNumber > old.SequenceNumber);
        Assert.NotNull(old.RefreshHint);
    }

    [Fact]
    [Trait("Clause", "A-7")]
    public async Task A_federated_bundle_can_be_withheld()
    {
        await using FederationTests far = await StartFarAsync();
        using AsyncServerStreamingCall<X509SVIDResponse> call = Open(await StartAsync(Federated));
        await NextAsync(call);

        Update($$"""{ "redact": [ "{{Far}}" ] }""");
        Assert.Empty((await NextAsync(call)).FederatedBundles);
        Update("""{ "restore": true }""");

        Assert.Equal([Far], (await NextAsync(call)).FederatedBundles.Keys);
    }

    [Fact]
    [Trait("Clause", "F-35")]
    public async Task A_bundle_that_is_not_there_yet_is_waited_for_and_a_broken_one_leaves_the_old_one()
    {
        using AsyncServerStreamingCall<X509SVIDResponse> call = Open(await StartAsync(Federated));
        Assert.Empty((await NextAsync(call)).FederatedBundles);

        await using FederationTests far = await StartFarAsync();
        X509SVIDResponse there = await NextAsync(call);
        await far.StopAsync();
        await File.WriteAllTextAsync(BundlePath, "{ broken", Token);
        await WaitForLogAsync("'far.example' cannot be read");

        Assert.Equal([Far], there.FederatedBundles.Keys);
        Assert.False(call.ResponseStream.MoveNext(Token).IsCompleted);
    }

    [Fact]
    public async Task A_federation_that_leaves_the_configuration_ends()
    {
        await using FederationTests far = await StartFarAsync();
        string config = Path.Combine(Folder, "agent.json");
        await File.WriteAllTextAsync(config, """{ "federatedBundles": { "far.example": "far.json" } }""", Token);
        using AsyncServerStreamingCall<X509SVIDResponse> call = Open(await StartAsync($"\"configPath\": \"{config}\""));
        Assert.Equal([Far], (await NextAsync(call)).FederatedBundles.Keys);

        await File.WriteAllTextAsync(config + ".new", "{}", Token);
        File.Move(config + ".new", config, overwrite: true);

        Assert.Empty((await NextAsync(call)).FederatedBundles);
    }

    [Fact]
    [Trait("Clause", "X-29")]
    [Trait("Clause", "X-30")]
    [Trait("Clause", "X-31")]
    [Trait("Clause", "X-32")]
    [Trait("Clause", "J-19")]
    [Trait("Clause", "J-20")]
    [Trait("Clause", "B-12")]
    public async Task The_published_bundle_is_a_document_as_the_standard_has_it()
    {
        await using FederationTests far = await StartFarAsync();

        JsonElement document = JsonElement.Parse(await File.ReadAllTextAsync(BundlePath, Token));
        JsonElement[] keys = [.. document.GetProperty("keys").EnumerateArray()];

        Assert.Equal(["keys", "spiffe_sequence", "spiffe_refresh_hint"], document.EnumerateObject().Select(member => member.Name));
        Assert.Equal(["x509-svid", "jwt-svid"], keys.Select(key => key.GetProperty("use").GetString()));
        Assert.Equal(["use", "kty", "crv", "x", "y", "x5c"], keys[0].EnumerateObject().Select(member => member.Name));
        Assert.Equal(["use", "kid", "kty", "crv", "x", "y"], keys[1].EnumerateObject().Select(member => member.Name));
        Assert.Equal(
            ReadBundle().X509Authorities[0].RawData, Assert.Single(keys[0].GetProperty("x5c").EnumerateArray()).GetBytesFromBase64());
        Assert.NotEmpty(keys[1].GetProperty("kid").GetString()!);
    }

    [Fact]
    public async Task A_bundle_that_cannot_be_published_ends_the_start()
    {
        Exception exception = await Assert.ThrowsAnyAsync<Exception>(() => StartAsync("\"bundlePath\": \"/nowhere/far.json\""));

        Assert.Contains("/nowhere/far.json", exception.Message, StringComparison.Ordinal);
        Assert.False(File.Exists(SocketPath));
    }

    /// <summary>What the far agent publishes now.</summary>
    private SpiffeBundle ReadBundle() =>
        SpiffeBundle.FromSpiffeJson(TrustDomain.Parse("far.example"), File.ReadAllBytes(BundlePath));

    private async Task<FederationTests> StartFarAsync()
    {
        FederationTests far = new();
        await far.StartAsync($"\"trustDomain\": \"far.example\", \"bundlePath\": \"{BundlePath}\"");
        return far;
    }

    private static async Task<X509BundlesResponse> FetchX509BundlesAsync(SpiffeWorkloadAPI.SpiffeWorkloadAPIClient client)
    {
        using AsyncServerStreamingCall<X509BundlesResponse> call =
            client.FetchX509Bundles(new X509BundlesRequest(), Header, cancellationToken: Token);
        return await NextAsync(call);
    }

    private static async Task<JWTBundlesResponse> FetchJwtBundlesAsync(SpiffeWorkloadAPI.SpiffeWorkloadAPIClient client)
    {
        using AsyncServerStreamingCall<JWTBundlesResponse> call =
            client.FetchJWTBundles(new JWTBundlesRequest(), Header, cancellationToken: Token);
        return await NextAsync(call);
    }
}
