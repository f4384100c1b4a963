using Grpc.Core;
using Spiffe.Protocol;

namespace Spiffe.Tests.Control;

public sealed class ConfigFileTests : AgentTest
{
    private string ConfigPath => Path.Combine(Folder, "agent.json");

    private string Settings => $"\"configPath\": \"{ConfigPath}\"";

    [Fact]
    public async Task A_changed_file_is_read_again_and_what_did_not_change_in_it_stays()
    {
        Write("""{ "entries": [ { "spiffeId": "spiffe://example.org/a" }, { "spiffeId": "spiffe://example.org/b" } ] }""");
        using AsyncServerStreamingCall<X509SVIDResponse> call = Open(await StartAsync(Settings));
        X509SVIDResponse before = await NextAsync(call);

        Write("""{ "Entries": [ { "SpiffeId": "spiffe://example.org/b" }, { "SpiffeId": "spiffe://example.org/c" } ] }""");
        X509SVIDResponse after = await NextAsync(call);

        Assert.Equal(["spiffe://example.org/b", "spiffe://example.org/c"], after.Svids.Select(svid => svid.SpiffeId));
        Assert.Equal(before.Svids[1], after.Svids[0]);
    }

    [Theory]
    [InlineData("{\n  \"entries\": [\n    { \"spiffeId\": \"spiffe://example.org/x\" \"hint\": 1 }\n  ]\n}", "Line 3, column 44")]
    [InlineData("{\n  \"entries\": [\n    { \"colour\": 1 }\n  ]\n}", "Line 3, column 16 ($.entries[0].colour): The JSON property 'colour' is not known")]
    [InlineData("""{ "entries": [ { "spiffeId": "spiffe://example.org/x", "selector": ["unix:uid:1", "uid:2"] } ] }""", "entries[0].selector[1]")]
    [InlineData("""{ "entries": [ { "spiffeId": "spiffe://example.org/x", "federatesWith": ["far.example"] } ] }""", "entries[0].federatesWith[0]")]
    [InlineData("""{ "federatedBundles": { "example.org": "x" } }""", "own trust domain")]
    [InlineData("""{ "federatedBundles": { "Far": "x" } }""", "federatedBundles")]
    [InlineData("""{ "federatedBundles": { "far.example": "" } }""", "federatedBundles.far.example")]
    [InlineData("", "JSON")]
    public async Task A_broken_file_keeps_the_entries_and_says_what_is_wrong_where(string content, string place)
    {
        Write("""{ "entries": [ { "spiffeId": "spiffe://example.org/a" } ] }""");
        SpiffeWorkloadAPI.SpiffeWorkloadAPIClient client = await StartAsync(Settings);
        X509SVIDResponse before = await FetchAsync(client);

        Write(content);
        await WaitForLogAsync("stays in force");

        Assert.True(Log.ToString().Contains(place, StringComparison.Ordinal), Log.ToString());
        Assert.Contains(ConfigPath, Log.ToString(), StringComparison.Ordinal);
        Assert.Equal(before, await FetchAsync(client));
        Write("""{ "entries": [ { "spiffeId": "spiffe://example.org/mended" } ] }""");
        await WaitForLogAsync($"read '{ConfigPath}'");
        Assert.Equal("spiffe://example.org/mended", Assert.Single((await FetchAsync(client)).Svids).SpiffeId);
    }

    [Fact]
    public async Task A_file_that_is_gone_keeps_the_entries()
    {
        Write("""{ "entries": [ { "spiffeId": "spiffe://example.org/a" } ] }""");
        SpiffeWorkloadAPI.SpiffeWorkloadAPIClient client = await StartAsync(Settings);
        X509SVIDResponse before = await FetchAsync(client);

        File.Delete(ConfigPath);
        await WaitForLogAsync("stays in force");

        Assert.Equal(before, await FetchAsync(client));
    }

    [Fact]
    public async Task A_file_without_entries_gives_each_user_one_and_an_empty_list_gives_none()
    {
        Write("{}");
        SpiffeWorkloadAPI.SpiffeWorkloadAPIClient client = await StartAsync(Settings);
        using AsyncServerStreamingCall<X509SVIDResponse> call = Open(client);
        Assert.Single((await NextAsync(call)).Svids);

        Write("""{ "entries": [] }""");

        RpcException exception = await Assert.ThrowsAsync<RpcException>(() => call.ResponseStream.MoveNext(Token));
        Assert.Equal(StatusCode.PermissionDenied, exception.StatusCode);
    }

    [Fact]
    public async Task Entries_that_come_from_a_file_are_changed_there()
    {
        Write("""{ "entries": [ { "spiffeId": "spiffe://example.org/a" } ] }""");
        await StartAsync(Settings);

        Assert.Contains(
            ConfigPath, Refuse("""{ "entries": [ { "spiffeId": "spiffe://example.org/b" } ] }"""), StringComparison.Ordinal);
    }

    // Renamed into place, as editors and configuration tools do.
    private void Write(string content)
    {
        File.WriteAllText(ConfigPath + ".new", content);
        File.Move(ConfigPath + ".new", ConfigPath, overwrite: true);
    }
}
