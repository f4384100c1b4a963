using System.Management.Automation;
using Google.Protobuf.WellKnownTypes;
using Grpc.Core;
using Spiffe.Protocol;
using Spiffe.Testing;
using Spiffe.Tests.Hosting;

namespace Spiffe.Tests.Commands;

public sealed class TestSpiffeJwtTests : CommandTest
{
    [Theory]
    [InlineData("orders", true)]
    [InlineData("billing", false)]
    [Trait("Clause", "A-32")]
    public void The_agents_verdict_is_a_boolean(string audience, bool expected)
    {
        Server.Validate = AcceptOrders;

        Assert.Equal([expected], Run("Test-SpiffeJwt -Token a.b.c -Audience $args[1] -Endpoint $args[0]", audience).Expect<bool>());
    }

    [Fact]
    public void A_JWT_SVID_binds_from_the_pipeline_by_its_token()
    {
        string token = JwtKey.Issue("spiffe://example.org/web", "orders");
        Server.JwtSvids = _ => new JWTSVIDResponse { Svids = { new JWTSVID { SpiffeId = "spiffe://example.org/web", Svid = token } } };
        string? seen = null;
        Server.Validate = request =>
        {
            seen = request.Svid;
            return AcceptOrders(request);
        };

        Assert.Equal(
            [true],
            Run("Get-SpiffeJwtSvid orders -Endpoint $args[0] | Test-SpiffeJwt -Audience orders -Endpoint $args[0]").Expect<bool>());
        Assert.Equal(token, seen);
    }

    [Theory]
    [InlineData("Test-SpiffeJwt $svid -Audience orders -Endpoint $a[0]")]
    [InlineData("Test-SpiffeJwt -Token $svid -Audience orders -Endpoint $a[0]")]
    public void A_JWT_SVID_as_argument_is_its_token_and_not_its_ID(string command)
    {
        string token = JwtKey.Issue("spiffe://example.org/web", "orders");
        Server.JwtSvids = _ => new JWTSVIDResponse { Svids = { new JWTSVID { SpiffeId = "spiffe://example.org/web", Svid = token } } };
        string? seen = null;
        Server.Validate = request =>
        {
            seen = request.Svid;
            return AcceptOrders(request);
        };

        Assert.Equal([true], Run($"$a = $args; $svid = Get-SpiffeJwtSvid orders -Endpoint $a[0]; {command}").Expect<bool>());
        Assert.Equal(token, seen);
    }

    [Theory]
    [InlineData("Test-SpiffeJwt ([System.Version]'1.2.3') -Audience orders -Endpoint $args[0]")]
    [InlineData("Test-SpiffeJwt ([pscustomobject]@{ Token = [System.Version]'1.2.3' }) -Audience orders -Endpoint $args[0]")]
    [InlineData("ConvertFrom-SpiffeJwt ([Spiffe.SpiffeId]'spiffe://example.org/web')")]
    public void Any_other_object_is_refused(string command) => Assert.StartsWith(
        "ParameterArgumentTransformationError,", Assert.Single(Run(command).Errors).FullyQualifiedErrorId, StringComparison.Ordinal);

    [Fact]
    public void Strings_bind_from_the_pipeline_one_by_one()
    {
        Server.Validate = AcceptOrders;

        Assert.Equal(
            [true, true],
            Run("'a.b.c', 'd.e.f' | Test-SpiffeJwt -Audience orders -Endpoint $args[0]").Expect<bool>());
    }

    [Theory]
    [InlineData("$secure | Test-SpiffeJwt -Audience orders -Endpoint $a[0]")]
    [InlineData("Test-SpiffeJwt -Token $secure -Audience orders -Endpoint $a[0]")]
    [InlineData("[pscustomobject]@{ Token = $secure } | Test-SpiffeJwt -Audience orders -Endpoint $a[0]")]
    public void A_SecureString_is_the_token_in_it(string command)
    {
        Server.JwtSvids = _ => new JWTSVIDResponse { Svids = { Messages.JwtSvid(JwtKey, "spiffe://example.org/web", "", "orders") } };
        string? seen = null;
        Server.Validate = request =>
        {
            seen = request.Svid;
            return AcceptOrders(request);
        };

        Assert.Equal(
            [true],
            Run($"$a = $args; $secure = Get-SpiffeJwtSvid orders -Endpoint $a[0] -AsSecureString; {command}").Expect<bool>());
        Assert.Equal(3, seen!.Split('.').Length);
    }

    [Fact]
    public void A_token_over_the_limit_is_invalid_and_no_agent_is_asked()
    {
        JwtValidation validation = Run("Test-SpiffeJwt ('x' * 70000) orders -Endpoint $args[0] -Detailed").Expect<JwtValidation>()[0];

        Assert.False(validation.Valid);
        Assert.Equal("Limits", validation.FailedCheck);
        Assert.Empty(Server.Requests);
    }

    [Fact]
    public void An_error_holds_no_part_of_the_token()
    {
        string token = JwtKey.Issue("spiffe://example.org/web", "orders");
        Server.Validate = request => throw new RpcException(new Status(StatusCode.Internal, "no: " + request.Svid));

        ErrorRecord error = Run("$a = $args; Test-SpiffeJwt $a[1] orders -Endpoint $a[0]", token)
            .ExpectError("AgentUnavailable", ErrorCategory.ResourceUnavailable);

        Assert.All(token.Split('.'), part =>
            Assert.DoesNotContain(part, error.Exception + error.ToString() + error.ErrorDetails, StringComparison.Ordinal));
    }

    [Fact]
    public void Detailed_gives_the_claims_or_the_reason()
    {
        Server.Validate = AcceptOrders;

        JwtValidation good = Run("Test-SpiffeJwt a.b.c orders -Endpoint $args[0] -Detailed").Expect<JwtValidation>()[0];
        JwtValidation bad = Run("Test-SpiffeJwt a.b.c billing -Endpoint $args[0] -Detailed").Expect<JwtValidation>()[0];

        Assert.True(good.Valid);
        Assert.Equal("spiffe://example.org/web", good.SpiffeId!.ToString());
        Assert.Equal("spiffe://example.org/web", good.Claims["sub"]);
        Assert.False(bad.Valid);
        Assert.Equal("wrong audience", bad.Reason);
        Assert.Equal("Agent", bad.ValidatedBy);
    }

    [Fact]
    public void Verbose_says_why_a_token_is_refused_and_never_the_token()
    {
        Server.Validate = request => throw new RpcException(new Status(StatusCode.InvalidArgument, "bad " + request.Svid));

        SessionResult result = Run("Test-SpiffeJwt secret.to.ken orders -Endpoint $args[0] -Verbose");

        Assert.Contains(result.Verbose, line => line.Contains("not valid", StringComparison.Ordinal));
        Assert.DoesNotContain(result.Verbose, line => line.Contains("secret.to.ken", StringComparison.Ordinal));
    }

    [Fact]
    public void An_agent_that_cannot_be_asked_is_an_error_and_no_verdict()
    {
        Server.Validate = _ => throw new RpcException(new Status(StatusCode.Unavailable, "starting"));

        SessionResult result = Run("Test-SpiffeJwt a.b.c orders -Endpoint $args[0]");

        result.ExpectError("AgentUnavailable", ErrorCategory.ResourceUnavailable);
        Assert.Empty(result.Output);
    }

    [Theory]
    [InlineData("-Token '' -Audience a")]
    [InlineData("-Token a.b.c -Audience ''")]
    [Trait("Clause", "J-25")]
    public void Empty_input_is_refused(string arguments)
    {
        SessionResult result = Run($"Test-SpiffeJwt {arguments} -Endpoint $args[0]");

        Assert.Single(result.Errors);
        Assert.Empty(result.Output);
        Assert.Empty(Server.Requests);
    }

    private static ValidateJWTSVIDResponse AcceptOrders(ValidateJWTSVIDRequest request) => request.Audience == "orders"
        ? new ValidateJWTSVIDResponse
        {
            SpiffeId = "spiffe://example.org/web",
            Claims = new Struct { Fields = { ["sub"] = Value.ForString("spiffe://example.org/web") } },
        }
        : throw new RpcException(new Status(StatusCode.InvalidArgument, "wrong audience"));
}
