extern alias agent;

using System.Runtime.Versioning;
using agent::Spiffe.DevAgent;
using Spiffe.Protocol;

namespace Spiffe.Tests.Authorities;

/// <summary>Authorities that outlive the agent.</summary>
[UnsupportedOSPlatform("windows")]
public sealed class AuthorityStoreTests : AgentTest
{
    private const UnixFileMode OwnerOnly = UnixFileMode.UserRead | UnixFileMode.UserWrite;

    private string DataPath => Path.Combine(Folder, "data");

    private string FilePath => Path.Combine(DataPath, "authorities.json");

    private string Settings => $"\"dataPath\": \"{DataPath}\"";

    [Fact]
    public async Task After_a_restart_the_same_authorities_sign()
    {
        SpiffeWorkloadAPI.SpiffeWorkloadAPIClient client = await StartAsync(Settings);
        X509SVIDResponse before = await FetchAsync(client);
        string token = await IssueAsync(client);
        await StopAsync();

        client = await StartAsync(Settings);
        X509SVIDResponse after = await FetchAsync(client);
        ValidateJWTSVIDResponse validation = await client.ValidateJWTSVIDAsync(
            new ValidateJWTSVIDRequest { Svid = token, Audience = "orders" }, Header, cancellationToken: Token);

        Assert.Equal(before.Svids[0].Bundle, after.Svids[0].Bundle);
        Assert.NotEqual(before.Svids[0].X509SvidKey, after.Svids[0].X509SvidKey);
        Assert.Equal(before.Svids[0].SpiffeId, validation.SpiffeId);
    }

    [Fact]
    public async Task What_still_signs_nothing_but_is_needed_outlives_a_restart_too()
    {
        SpiffeWorkloadAPI.SpiffeWorkloadAPIClient client = await StartAsync(Settings);
        string token = await IssueAsync(client);
        Update("""{ "rotate": [ "JwtAuthority" ] }""");
        await WaitForLogAsync("authorities changed");
        await StopAsync();

        client = await StartAsync(Settings);

        Assert.NotEmpty((await client.ValidateJWTSVIDAsync(
            new ValidateJWTSVIDRequest { Svid = token, Audience = "orders" }, Header, cancellationToken: Token)).SpiffeId);
    }

    [Fact]
    public async Task Without_a_folder_nothing_is_kept()
    {
        X509SVIDResponse before = await FetchAsync(await StartAsync());
        await StopAsync();

        Assert.NotEqual(before.Svids[0].Bundle, (await FetchAsync(await StartAsync())).Svids[0].Bundle);
    }

    [Fact]
    public async Task Folder_and_file_are_for_their_owner_alone()
    {
        await StartAsync(Settings);

        Assert.Equal(OwnerOnly, File.GetUnixFileMode(FilePath));
        Assert.Equal(OwnerOnly | UnixFileMode.UserExecute, File.GetUnixFileMode(DataPath));
    }

    [Fact]
    public async Task A_file_that_others_may_read_is_refused()
    {
        await StartAsync(Settings);
        await StopAsync();
        File.SetUnixFileMode(FilePath, OwnerOnly | UnixFileMode.GroupRead);

        Assert.Contains(FilePath, await FailAsync(Settings), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("{")]
    [InlineData("null")]
    [InlineData("""{ "trustDomain": "example.org", "x509": [ { "certificate": "AAAA", "key": "AAAA" } ] }""")]
    [InlineData("""{ "trustDomain": "example.org", "jwt": [ { "keyId": "", "key": "AAAA" } ] }""")]
    public async Task A_file_that_cannot_be_read_is_refused_and_left_as_it_is(string content)
    {
        Directory.CreateDirectory(DataPath);
        await File.WriteAllTextAsync(FilePath, content, Token);
        File.SetUnixFileMode(FilePath, OwnerOnly);

        Assert.Contains(FilePath, await FailAsync(Settings), StringComparison.Ordinal);
        Assert.Equal(content, await File.ReadAllTextAsync(FilePath, Token));
    }

    [Fact]
    public async Task The_authorities_of_another_trust_domain_are_refused()
    {
        await StartAsync(Settings);
        await StopAsync();

        Assert.Contains(
            "'example.org'", await FailAsync(Settings + ", \"trustDomain\": \"other.example\""), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Two_agents_do_not_share_a_folder()
    {
        await StartAsync(Settings);
        await using AuthorityStoreTests second = new();

        Assert.Contains(DataPath, await second.FailAsync(Settings), StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_folder_that_cannot_be_made_is_said()
    {
        Assert.Contains("/proc/data", await FailAsync("\"dataPath\": \"/proc/data\""), StringComparison.Ordinal);
    }

    private async Task<string> FailAsync(string settings) =>
        (await Assert.ThrowsAsync<AgentException>(() => StartAsync(settings))).Message;

    private static async Task<string> IssueAsync(SpiffeWorkloadAPI.SpiffeWorkloadAPIClient client) =>
        (await client.FetchJWTSVIDAsync(
            new JWTSVIDRequest { Audience = { "orders" } }, Header, cancellationToken: Token)).Svids[0].Svid;
}
