using Grpc.Core;
using Spiffe.Protocol;

namespace Spiffe.Tests.Control;

/// <summary>What an update changes, as open streams and new calls see it.</summary>
public sealed class UpdateTests : AgentTest
{
    private const string TwoEntries =
        """
        "entries": [ { "spiffeId": "spiffe://example.org/a", "hint": "a" }, { "spiffeId": "spiffe://example.org/b", "hint": "b" } ]
        """;

    [Fact]
    [Trait("Clause", "A-4")]
    public async Task Entries_that_are_added_changed_and_removed_reach_open_streams_as_the_full_set()
    {
        using AsyncServerStreamingCall<X509SVIDResponse> call = Open(await StartAsync(TwoEntries));
        X509SVIDResponse first = await NextAsync(call);

        Update("""{ "entries": [ { "spiffeId": "spiffe://example.org/c" } ] }""");
        X509SVIDResponse added = await NextAsync(call);
        Update("""{ "entries": [ { "spiffeId": "spiffe://example.org/a", "hint": "other" } ] }""");
        X509SVIDResponse changed = await NextAsync(call);
        Update("""{ "removeEntries": [ "spiffe://example.org/a" ] }""");
        X509SVIDResponse removed = await NextAsync(call);

        Assert.Equal(["/a", "/b"], Paths(first));
        Assert.Equal(["/a", "/b", "/c"], Paths(added));
        Assert.Equal(["other", "b", ""], changed.Svids.Select(svid => svid.Hint));
        Assert.Equal(["/b", "/c"], Paths(removed));
        Assert.Equal(first.Svids[1], removed.Svids[0]);
    }

    [Fact]
    [Trait("Clause", "A-41")]
    public async Task Without_its_last_identity_a_stream_ends_with_PermissionDenied()
    {
        SpiffeWorkloadAPI.SpiffeWorkloadAPIClient client = await StartAsync(TwoEntries);
        using AsyncServerStreamingCall<X509SVIDResponse> call = Open(client);
        await NextAsync(call);

        Update("""{ "removeEntries": [ "spiffe://example.org/a", "spiffe://example.org/b" ] }""");

        Assert.Equal(StatusCode.PermissionDenied, await FailAsync(call));
        Assert.Equal(StatusCode.PermissionDenied, await FailAsync(Open(client)));
    }

    [Fact]
    public async Task The_first_entry_that_is_added_ends_the_identities_by_user()
    {
        using AsyncServerStreamingCall<X509SVIDResponse> call = Open(await StartAsync());
        Assert.StartsWith("/user/", Assert.Single(Paths(await NextAsync(call))), StringComparison.Ordinal);

        Update("""{ "entries": [ { "spiffeId": "spiffe://example.org/a" } ] }""");

        Assert.Equal(["/a"], Paths(await NextAsync(call)));
    }

    [Fact]
    [Trait("Clause", "A-7")]
    public async Task What_is_redacted_is_withheld_until_it_is_restored()
    {
        using AsyncServerStreamingCall<X509SVIDResponse> call = Open(await StartAsync(TwoEntries));
        X509SVIDResponse whole = await NextAsync(call);

        Update("""{ "redact": [ "spiffe://example.org/a" ] }""");
        X509SVIDResponse redacted = await NextAsync(call);
        Update("""{ "restore": true }""");
        X509SVIDResponse restored = await NextAsync(call);

        Assert.Equal(["/b"], Paths(redacted));
        Assert.Equal(whole, restored);
    }

    [Fact]
    public async Task SVIDs_are_renewed_on_demand_with_new_keys()
    {
        using AsyncServerStreamingCall<X509SVIDResponse> call = Open(await StartAsync(TwoEntries));
        X509SVIDResponse before = await NextAsync(call);

        Update("""{ "rotate": [ "Svid" ] }""");
        X509SVIDResponse after = await NextAsync(call);

        Assert.Equal(Paths(before), Paths(after));
        Assert.All(before.Svids.Zip(after.Svids), pair => Assert.NotEqual(pair.First.X509SvidKey, pair.Second.X509SvidKey));
        Assert.Equal(before.Svids[0].Bundle, after.Svids[0].Bundle);
    }

    [Theory]
    [InlineData("not JSON", "JSON")]
    [InlineData("null", "null")]
    [InlineData("""{ "colour": "red" }""", "colour")]
    [InlineData("""{ "entries": [ { "spiffeId": "spiffe://example.org/c" }, { "spiffeId": "spiffe://other.org/x" } ] }""", "entries[1]")]
    [InlineData("""{ "entries": [ { "spiffeId": "spiffe://example.org/c", "hint": "b" } ] }""", "'b'")]
    [InlineData("""{ "entries": [ { "spiffeId": "spiffe://example.org/c", "federatesWith": "far.example" } ] }""", "far.example")]
    [InlineData("""{ "removeEntries": [ "spiffe://example.org/a", "spiffe://example.org/nobody" ] }""", "spiffe://example.org/nobody")]
    [InlineData("""{ "removeEntries": [ "nobody" ] }""", "nobody")]
    [InlineData("""{ "rotate": [ "Everything" ] }""", "X509Authority")]
    [InlineData("""{ "rotate": [ "Svid", "0" ] }""", "'0'")]
    [InlineData("""{ "redact": [ "spiffe://example.org" ] }""", "NoBundle")]
    [InlineData("""{ "faults": [ "Fire" ], "removeEntries": [ "spiffe://example.org/a" ] }""", "Unavailable")]
    [InlineData("""{ "delayMs": -1 }""", "-1")]
    public async Task An_update_that_cannot_be_done_says_why_and_changes_nothing(string update, string word)
    {
        SpiffeWorkloadAPI.SpiffeWorkloadAPIClient client = await StartAsync(TwoEntries);
        X509SVIDResponse before = await FetchAsync(client);

        string error = Refuse(update);

        Assert.Contains(word, error, StringComparison.Ordinal);
        Assert.Contains($"update refused: {error}", Log.ToString(), StringComparison.Ordinal);
        Assert.Equal(before, await FetchAsync(client));
    }

    private static IEnumerable<string> Paths(X509SVIDResponse response) =>
        response.Svids.Select(svid => SpiffeId.Parse(svid.SpiffeId).Path);

    private static async Task<StatusCode> FailAsync(AsyncServerStreamingCall<X509SVIDResponse> call) =>
        (await Assert.ThrowsAsync<RpcException>(() => call.ResponseStream.MoveNext(Token))).StatusCode;
}
