using System.Buffers.Text;
using System.Text.Json;
using Grpc.Core;
using Spiffe.Protocol;

namespace Spiffe.Tests.Authorities;

/// <summary>What the agent's JWT-SVIDs and its JWT bundle are, as they come from the socket.</summary>
public sealed class JwtSvidTests : AgentTest
{
    [Theory]
    [InlineData("orders")]
    [InlineData("orders", "billing")]
    [InlineData("bücher \"1\"")]
    [Trait("Clause", "J-9")]
    [Trait("Clause", "J-10")]
    [Trait("Clause", "J-12")]
    [Trait("Clause", "J-13")]
    public async Task The_claims_are_subject_audience_and_times(params string[] audience)
    {
        JWTSVID svid = await IssueAsync(await StartAsync(), audience);

        JsonElement claims = Decode(svid.Svid, part: 1);

        Assert.Equal(["sub", "aud", "iat", "exp"], claims.EnumerateObject().Select(member => member.Name));
        Assert.Equal(svid.SpiffeId, claims.GetProperty("sub").GetString());
        Assert.Equal(audience, claims.GetProperty("aud").EnumerateArray().Select(name => name.GetString()!));
    }

    [Theory]
    [InlineData(3600, 300)]
    [InlineData(120, 120)]
    [Trait("Clause", "J-14")]
    public async Task A_token_lives_five_minutes_or_less_if_the_entry_says_so(int ttlSeconds, int expected)
    {
        JWTSVID svid = await IssueAsync(await StartAsync($"\"svidTtlSec\": {ttlSeconds}"), "orders");

        JsonElement claims = Decode(svid.Svid, part: 1);

        Assert.Equal(expected, claims.GetProperty("exp").GetInt64() - claims.GetProperty("iat").GetInt64());
    }

    [Fact]
    [Trait("Clause", "A-27")]
    [Trait("Clause", "A-28")]
    [Trait("Clause", "A-29")]
    public async Task The_bundle_is_a_JWK_Set_of_the_own_trust_domain_that_verifies_its_tokens()
    {
        SpiffeWorkloadAPI.SpiffeWorkloadAPIClient client = await StartAsync("\"trustDomain\": \"dev.example\"");
        JWTSVID svid = await IssueAsync(client, "orders");
        using AsyncServerStreamingCall<JWTBundlesResponse> call =
            client.FetchJWTBundles(new JWTBundlesRequest(), Header, cancellationToken: Token);
        Assert.True(await call.ResponseStream.MoveNext(Token));
        JWTBundlesResponse response = call.ResponseStream.Current;

        Assert.Equal(["spiffe://dev.example"], response.Bundles.Keys);
        Assert.All(Keys(response), key => Assert.True(
            !key.TryGetProperty("use", out JsonElement use) || use.GetString() == "jwt-svid"));
        Assert.All(Keys(response), key => Assert.False(key.TryGetProperty("d", out _)));
        SpiffeBundle bundle = SpiffeBundle.FromJwks(
            TrustDomain.Parse("dev.example"), response.Bundles["spiffe://dev.example"].Memory);
        Assert.True(JwtSvidValidator.Validate(svid.Svid, "orders", [bundle], DateTimeOffset.UtcNow, TimeSpan.Zero).Valid);
    }

    private static async Task<JWTSVID> IssueAsync(
        SpiffeWorkloadAPI.SpiffeWorkloadAPIClient client, params string[] audience) => Assert.Single(
        (await client.FetchJWTSVIDAsync(
            new JWTSVIDRequest { Audience = { audience } }, Header, cancellationToken: Token)).Svids);

    private static IEnumerable<JsonElement> Keys(JWTBundlesResponse response) => response.Bundles.Values
        .SelectMany(bundle => JsonElement.Parse(bundle.Span).GetProperty("keys").EnumerateArray());

    private static JsonElement Decode(string token, int part)
    {
        string[] parts = token.Split('.');
        Assert.Equal(3, parts.Length);
        return JsonElement.Parse(Base64Url.DecodeFromChars(parts[part]));
    }
}
