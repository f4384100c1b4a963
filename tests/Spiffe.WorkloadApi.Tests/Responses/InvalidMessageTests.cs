using Google.Protobuf;
using Spiffe.Protocol;
using Spiffe.Testing;

namespace Spiffe.Tests.Responses;

public sealed class InvalidMessageTests : ClientTest
{
    public static TheoryData<string, SpiffeErrorReason, Action<X509SVIDResponse>> BadX509Messages => new()
    {
        { "A-16 svids", SpiffeErrorReason.ResponseInvalid, message => message.Svids.Clear() },
        { "A-8 spiffe_id", SpiffeErrorReason.ResponseInvalid, message => message.Svids[0].SpiffeId = "" },
        { "A-8 x509_svid", SpiffeErrorReason.ResponseInvalid, message => message.Svids[0].X509Svid = ByteString.Empty },
        { "A-8 x509_svid_key", SpiffeErrorReason.ResponseInvalid, message => message.Svids[0].X509SvidKey = ByteString.Empty },
        { "A-8 bundle", SpiffeErrorReason.ResponseInvalid, message => message.Svids[0].Bundle = ByteString.Empty },
        { "A-11 certificate", SpiffeErrorReason.ResponseInvalid, message => message.Svids[0].X509Svid = ByteString.CopyFrom(1, 2) },
        { "A-11 bundle", SpiffeErrorReason.ResponseInvalid, message => message.Svids[0].Bundle = ByteString.CopyFrom(1, 2) },
        { "A-12 key", SpiffeErrorReason.ResponseInvalid, message => message.Svids[0].X509SvidKey = ByteString.CopyFrom(1, 2) },
        {
            "A-12 other key",
            SpiffeErrorReason.SvidInvalid,
            message => message.Svids[0].X509SvidKey = ByteString.CopyFrom(Authority.Issue("spiffe://example.org/x").Pkcs8Key)
        },
        { "ID-1 id", SpiffeErrorReason.ResponseInvalid, message => message.Svids[0].SpiffeId = "https://example.org/web" },
        { "ID-27 id", SpiffeErrorReason.SvidInvalid, message => message.Svids[0].SpiffeId = "spiffe://example.org/other" },
        {
            "A-13 path in the key of a bundle",
            SpiffeErrorReason.ResponseInvalid,
            message => message.FederatedBundles.Add("spiffe://other.org/x", ByteString.CopyFrom(Authority.BundleDer))
        },
        {
            "A-13 bundle filed under a name",
            SpiffeErrorReason.ResponseInvalid,
            message => message.FederatedBundles.Add("other.org", ByteString.CopyFrom(Authority.BundleDer))
        },
        {
            "A-11 federated bundle",
            SpiffeErrorReason.ResponseInvalid,
            message => message.FederatedBundles.Add("spiffe://other.org", ByteString.CopyFrom(1, 2))
        },
        {
            "one bad SVID among good ones",
            SpiffeErrorReason.ResponseInvalid,
            message => message.Svids.Add(new X509SVID { SpiffeId = "spiffe://example.org/b" })
        },
    };

    [Theory]
    [MemberData(nameof(BadX509Messages), DisableDiscoveryEnumeration = true)]
    public async Task An_X509_message_that_breaks_a_rule_is_refused_whole(
        string rule, SpiffeErrorReason reason, Action<X509SVIDResponse> damage)
    {
        X509SVIDResponse message = Messages.X509Svids(Authority);
        damage(message);
        Server.X509Svids = ScriptedWorkloadApi.Always(message);

        SpiffeException exception = await Assert.ThrowsAsync<SpiffeException>(() => Client.FetchX509SvidsAsync(Token));

        Assert.True(exception.Reason == reason, $"{rule}: {exception.Reason}, {exception.Message}");
    }

    [Fact]
    [Trait("Clause", "A-20")]
    public async Task Bundle_messages_without_a_bundle_are_refused()
    {
        Server.X509Bundles = ScriptedWorkloadApi.Always(new X509BundlesResponse());
        Server.JwtBundles = ScriptedWorkloadApi.Always(new JWTBundlesResponse());

        SpiffeException x509 = await Assert.ThrowsAsync<SpiffeException>(() => Client.FetchX509BundlesAsync(Token));
        SpiffeException jwt = await Assert.ThrowsAsync<SpiffeException>(() => Client.FetchJwtBundlesAsync(Token));

        Assert.Equal(SpiffeErrorReason.ResponseInvalid, x509.Reason);
        Assert.Equal(SpiffeErrorReason.ResponseInvalid, jwt.Reason);
    }

    [Fact]
    public async Task A_JWT_bundle_that_is_not_a_key_set_is_refused()
    {
        Server.JwtBundles = ScriptedWorkloadApi.Always(new JWTBundlesResponse
        {
            Bundles = { ["spiffe://example.org"] = ByteString.CopyFromUtf8("{\"keys\":") },
        });

        SpiffeException exception = await Assert.ThrowsAsync<SpiffeException>(() => Client.FetchJwtBundlesAsync(Token));

        Assert.Equal(SpiffeErrorReason.ResponseInvalid, exception.Reason);
    }

    public static TheoryData<string, SpiffeErrorReason, JWTSVIDResponse> BadJwtMessages => new()
    {
        { "A-24 svids", SpiffeErrorReason.ResponseInvalid, new JWTSVIDResponse() },
        { "A-8 spiffe_id", SpiffeErrorReason.ResponseInvalid, Jwt("", "spiffe://example.org/web", "a") },
        { "A-24 subject", SpiffeErrorReason.SvidInvalid, Jwt("spiffe://example.org/b", "spiffe://example.org/web", "a") },
        { "A-24 audience", SpiffeErrorReason.SvidInvalid, Jwt("spiffe://example.org/web", "spiffe://example.org/web", "b") },
        {
            "A-8 svid",
            SpiffeErrorReason.ResponseInvalid,
            new JWTSVIDResponse { Svids = { new JWTSVID { SpiffeId = "spiffe://example.org/web" } } }
        },
        {
            "J-1 token",
            SpiffeErrorReason.SvidInvalid,
            new JWTSVIDResponse { Svids = { new JWTSVID { SpiffeId = "spiffe://example.org/web", Svid = "a.b" } } }
        },
    };

    [Theory]
    [MemberData(nameof(BadJwtMessages), DisableDiscoveryEnumeration = true)]
    public async Task A_JWT_message_that_breaks_a_rule_is_refused_whole(
        string rule, SpiffeErrorReason reason, JWTSVIDResponse message)
    {
        Server.JwtSvids = _ => message;

        SpiffeException exception = await Assert.ThrowsAsync<SpiffeException>(
            () => Client.FetchJwtSvidsAsync(["a"], spiffeId: null, Token));

        Assert.True(exception.Reason == reason, $"{rule}: {exception.Reason}, {exception.Message}");
    }

    [Theory]
    [InlineData("a field that ends too early", new byte[] { 0x0A, 0x7F, 0x01 })]
    [InlineData("a tag of no field", new byte[] { 0x00 })]
    [InlineData("a string that is no UTF-8", new byte[] { 0x0A, 0x03, 0x0A, 0x01, 0xFF })]
    public async Task Bytes_that_are_no_message_are_refused(string what, byte[] message)
    {
        Server.RawMessage = message;

        SpiffeException stream = await Assert.ThrowsAsync<SpiffeException>(() => Client.FetchX509SvidsAsync(Token));
        SpiffeException unary = await Assert.ThrowsAsync<SpiffeException>(
            () => Client.FetchJwtSvidsAsync(["a"], spiffeId: null, Token));

        Assert.True(stream.Reason == SpiffeErrorReason.ResponseInvalid, $"{what}: {stream}");
        Assert.True(unary.Reason == SpiffeErrorReason.ResponseInvalid, $"{what}: {unary}");
    }

    private static JWTSVIDResponse Jwt(string spiffeId, string subject, string audience) =>
        new() { Svids = { new JWTSVID { SpiffeId = spiffeId, Svid = JwtKey.Issue(subject, audience) } } };
}
