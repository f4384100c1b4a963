using Google.Protobuf.WellKnownTypes;
using Grpc.Core;
using Spiffe.Protocol;

namespace Spiffe.Tests.Responses;

public sealed class ValidationTests : ClientTest
{
    private const string SpiffeIdOfWeb = "spiffe://example.org/web";

    [Fact]
    [Trait("Clause", "A-31")]
    public async Task The_claims_of_a_validated_token_are_theServers()
    {
        Server.Validate = request => new ValidateJWTSVIDResponse
        {
            SpiffeId = "spiffe://example.org/web",
            Claims = new Struct
            {
                Fields =
                {
                    ["audience"] = Value.ForString(request.Audience),
                    ["exp"] = Value.ForNumber(1700000000),
                    ["ratio"] = Value.ForNumber(0.5),
                    ["list"] = Value.ForList(Value.ForBool(true), Value.ForNull()),
                },
            },
        };

        JwtValidation validation = await Client.ValidateJwtSvidAsync("token", "orders", Token);

        Assert.True(validation.Valid);
        Assert.Equal("spiffe://example.org/web", validation.SpiffeId!.ToString());
        Assert.Equal("orders", validation.Claims["audience"]);
        Assert.Equal(1700000000L, validation.Claims["exp"]);
        Assert.Equal(0.5, validation.Claims["ratio"]);
        Assert.Equal("Agent", validation.ValidatedBy);
    }

    [Fact]
    public async Task A_token_that_theServer_refuses_is_an_answer_without_the_token()
    {
        Server.Validate = request => throw new RpcException(new Status(StatusCode.InvalidArgument, $"bad: {request.Svid}"));

        JwtValidation validation = await Client.ValidateJwtSvidAsync("aaaa.bbbb.cccc", "orders", Token);

        Assert.False(validation.Valid);
        Assert.Equal("bad: the token", validation.Reason);
    }

    [Fact]
    public async Task A_text_too_short_for_a_token_leaves_the_servers_words_whole()
    {
        Server.Validate = _ => throw new RpcException(new Status(StatusCode.InvalidArgument, "expected three parts"));

        JwtValidation validation = await Client.ValidateJwtSvidAsync("x", "orders", Token);

        Assert.Equal("expected three parts", validation.Reason);
    }

    [Theory]
    [InlineData(true, false)]
    [InlineData(false, true)]
    [Trait("Clause", "A-30")]
    public async Task A_validation_that_lacks_a_field_is_refused(bool hasId, bool hasClaims)
    {
        Server.Validate = _ => new ValidateJWTSVIDResponse
        {
            SpiffeId = hasId ? "spiffe://example.org/web" : "",
            Claims = hasClaims ? new Struct() : null,
        };

        SpiffeException exception = await Assert.ThrowsAsync<SpiffeException>(
            () => Client.ValidateJwtSvidAsync("token", "orders", Token));

        Assert.Equal(SpiffeErrorReason.ResponseInvalid, exception.Reason);
    }

    [Fact]
    public async Task A_token_over_the_limit_is_refused_without_asking()
    {
        JwtValidation validation = await Client.ValidateJwtSvidAsync(new string('x', 64 * 1024 + 1), "orders", Token);

        Assert.False(validation.Valid);
        Assert.Equal("Limits", validation.FailedCheck);
        Assert.Equal("Client", validation.ValidatedBy);
        Assert.Empty(Server.Requests);
    }

    [Fact]
    public async Task A_request_that_lacks_its_header_is_an_error_and_no_verdict()
    {
        Server.Validate = _ => throw new RpcException(
            new Status(StatusCode.InvalidArgument, "security header missing from request"));

        SpiffeException exception = await Assert.ThrowsAsync<SpiffeException>(
            () => Client.ValidateJwtSvidAsync("a.b.c", "orders", Token));

        Assert.Equal(SpiffeErrorReason.RequestRejected, exception.Reason);
    }

    [Fact]
    public async Task The_agents_words_are_one_line()
    {
        Server.Validate = _ => throw new RpcException(new Status(StatusCode.InvalidArgument, "no\n\u001b[31mred"));

        JwtValidation validation = await Client.ValidateJwtSvidAsync("a.b.c", "orders", Token);

        Assert.Equal("no\\u000a\\u001b[31mred", validation.Reason);
    }

    public static TheoryData<string, Func<string, ValidateJWTSVIDResponse>> Gossips => new()
    {
        { "the whole token", token => throw new RpcException(new Status(StatusCode.Unavailable, $"busy with {token} now")) },
        { "its claims", token => throw new RpcException(new Status(StatusCode.Internal, $"cannot read {token.Split('.')[1]}")) },
        { "its signature", token => throw new RpcException(new Status(StatusCode.InvalidArgument, $"bad: {token.Split('.')[2]}")) },
        { "its beginning", token => throw new RpcException(new Status(StatusCode.PermissionDenied, $"bad: {token[..60]}…")) },
        { "the token as ID", token => new ValidateJWTSVIDResponse { SpiffeId = token, Claims = new Struct() } },
    };

    [Theory]
    [MemberData(nameof(Gossips), DisableDiscoveryEnumeration = true)]
    public async Task No_part_of_a_token_gets_into_an_answer_or_an_error(
        string what, Func<string, ValidateJWTSVIDResponse> answer)
    {
        string token = JwtKey.Issue(SpiffeIdOfWeb, "orders");
        Server.Validate = request => answer(request.Svid);
        string said;
        try
        {
            said = (await Client.ValidateJwtSvidAsync(token, "orders", Token)).Reason!;
        }
        catch (SpiffeException exception)
        {
            Assert.Null(exception.InnerException);
            said = exception.ToString();
        }

        Assert.Contains("the token", said, StringComparison.Ordinal);
        Assert.All(
            Enumerable.Range(0, token.Length - 12).Select(start => token.Substring(start, 12)),
            part => Assert.False(said.Contains(part, StringComparison.Ordinal), $"{what}: {said}"));
    }
}
