using System.Management.Automation;
using System.Net;
using System.Security;
using Grpc.Core;
using Spiffe.Protocol;
using Spiffe.Testing;
using Spiffe.Tests.Hosting;

namespace Spiffe.Tests.Commands;

public sealed class GetSpiffeJwtSvidTests : CommandTest
{
    [Fact]
    public void A_token_is_issued_for_each_identity()
    {
        ServeTwo();

        IReadOnlyList<JwtSvid> svids = Run("Get-SpiffeJwtSvid orders -Endpoint $args[0]").Expect<JwtSvid>();

        Assert.Equal(["/web", "/batch"], svids.Select(svid => svid.SpiffeId.Path));
        Assert.All(svids, svid => Assert.Equal(["orders"], svid.Audience));
    }

    [Fact]
    public void One_id_is_asked_for_by_name_so_that_no_other_token_is_issued()
    {
        List<string> requested = [];
        Server.JwtSvids = request =>
        {
            requested.Add(request.SpiffeId);
            return Issue(request, request.SpiffeId);
        };

        JwtSvid svid = Assert.Single(
            Run("Get-SpiffeJwtSvid orders -Endpoint $args[0] -SpiffeId spiffe://example.org/batch").Expect<JwtSvid>());

        Assert.Equal("/batch", svid.SpiffeId.Path);
        Assert.Equal(["spiffe://example.org/batch"], requested);
    }

    [Fact]
    public void An_id_that_this_process_does_not_have_is_reported_with_those_that_there_are()
    {
        ServeTwo();

        ErrorRecord error = Run("Get-SpiffeJwtSvid orders -Endpoint $args[0] -SpiffeId spiffe://example.org/none")
            .ExpectError("SpiffeIdNotFound", ErrorCategory.ObjectNotFound);

        Assert.Contains("spiffe://example.org/batch", error.Exception.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void A_hint_chooses_among_the_identities()
    {
        ServeTwo();

        JwtSvid svid = Assert.Single(Run("Get-SpiffeJwtSvid orders -Endpoint $args[0] -Hint internal").Expect<JwtSvid>());

        Assert.Equal("/batch", svid.SpiffeId.Path);
    }

    [Theory]
    [InlineData("-Default")]
    [InlineData("-Default -AsPlainText")]
    [InlineData("-Default -AsSecureString")]
    public void Default_gives_one_token_with_several_identities(string arguments)
    {
        ServeTwo();

        Assert.Single(Run($"Get-SpiffeJwtSvid orders {arguments} -Endpoint $args[0]").Expect<object>());
        Assert.Equal(
            "/web", Run("Get-SpiffeJwtSvid orders -Default -Endpoint $args[0]").Expect<JwtSvid>().Single().SpiffeId.Path);
    }

    [Theory]
    [InlineData("-Default -Hint internal")]
    [InlineData("-Default -SpiffeId spiffe://example.org/web")]
    [InlineData("-AsPlainText -AsSecureString")]
    public void What_excludes_each_other_is_refused(string arguments) => Assert.StartsWith(
        "AmbiguousParameterSet,",
        Assert.Single(Run($"Get-SpiffeJwtSvid orders {arguments} -Endpoint $args[0]").Errors).FullyQualifiedErrorId,
        StringComparison.Ordinal);

    [Fact]
    public void Plain_text_and_SecureString_hold_the_token()
    {
        ServeTwo();

        string plain = Run("Get-SpiffeJwtSvid orders -Endpoint $args[0] -Hint internal -AsPlainText").Expect<string>()[0];
        SecureString secure =
            Run("Get-SpiffeJwtSvid orders -Endpoint $args[0] -Hint internal -AsSecureString").Expect<SecureString>()[0];

        Assert.Equal(3, plain.Split('.').Length);
        Assert.Equal(3, new NetworkCredential("", secure).Password.Split('.').Length);
        Assert.True(secure.IsReadOnly());
    }

    [Fact]
    [Trait("Clause", "J-12")]
    public void Several_audiences_are_warned_of()
    {
        ServeTwo();

        SessionResult result = Run("Get-SpiffeJwtSvid orders, billing -Endpoint $args[0] -Hint internal");

        Assert.Equal(["orders", "billing"], Assert.Single(result.Expect<JwtSvid>()).Audience);
        Assert.Single(result.Warnings);
    }

    [Theory]
    [InlineData("''")]
    [InlineData("@()")]
    [InlineData("'a', ''")]
    [InlineData("$null")]
    [Trait("Clause", "J-25")]
    public void An_empty_audience_is_refused_before_anything_is_asked(string audience)
    {
        ErrorRecord error = Assert.Single(Run($"Get-SpiffeJwtSvid -Audience {audience} -Endpoint $args[0]").Errors);

        Assert.Equal(ErrorCategory.InvalidData, error.CategoryInfo.Category);
        Assert.Empty(Server.Requests);
    }

    private void ServeTwo() => Server.JwtSvids = request => request.SpiffeId.Length == 0
        ? Issue(request, "spiffe://example.org/web", "spiffe://example.org/batch")
        : throw new RpcException(new Status(StatusCode.PermissionDenied, "no identity issued"));

    private static JWTSVIDResponse Issue(JWTSVIDRequest request, params string[] ids) => new()
    {
        Svids =
        {
            ids.Select(id => Messages.JwtSvid(
                JwtKey, id, id.EndsWith("batch", StringComparison.Ordinal) ? "internal" : "", [.. request.Audience])),
        },
    };
}
