using Spiffe.Testing;
using Spiffe.Tls;

namespace Spiffe.Tests.BundleEndpoints;

public sealed class RedirectTests : BundleEndpointTest
{
    [Theory]
    [InlineData("301 Moved Permanently")]
    [InlineData("302 Found")]
    [InlineData("303 See Other")]
    [InlineData("307 Temporary Redirect")]
    [InlineData("308 Permanent Redirect")]
    [Trait("Clause", "F-19")]
    [Trait("Clause", "F-21")]
    public async Task A_redirect_is_followed_and_each_fetch_begins_at_the_configured_url(string status)
    {
        BundleFetch fetch = SpiffeFetch();
        Server.Answer = (head, stream, token) => head.StartsWith("GET /elsewhere ", StringComparison.Ordinal)
            ? ScriptedBundleEndpoint.Serve(new SpiffeDocument(Authority))(head, stream, token)
            : ScriptedBundleEndpoint.Redirect("/elsewhere", status)(head, stream, token);

        await fetch.FetchAsync(Token);
        await fetch.FetchAsync(Token);

        Assert.Equal(["GET / ", "GET /elsewhere ", "GET / ", "GET /elsewhere "], Server.Requests.Select(head => head[..head.IndexOf("HTTP", StringComparison.Ordinal)]));
    }

    [Theory]
    [InlineData(5, 5, true)]
    [InlineData(6, 5, false)]
    [InlineData(1, 0, false)]
    [InlineData(int.MaxValue, 5, false)]
    [Trait("Clause", "F-19")]
    [Trait("Clause", "F-21")]
    public async Task Redirects_are_followed_so_many_times_and_no_more(int needed, int allowed, bool isFetched)
    {
        Server.Answer = (head, stream, token) => Server.Requests.Count > needed
            ? ScriptedBundleEndpoint.Serve(new SpiffeDocument(Authority))(head, stream, token)
            : ScriptedBundleEndpoint.Redirect("/")(head, stream, token);
        BundleFetch fetch = SpiffeFetch(redirects: allowed);

        if (isFetched)
        {
            Assert.Single((await fetch.FetchAsync(Token)).X509Authorities);
        }
        else
        {
            Assert.Equal(
                SpiffeErrorReason.BundleEndpointFailed,
                (await Assert.ThrowsAsync<SpiffeException>(() => fetch.FetchAsync(Token))).Reason);
            Assert.Equal(allowed + 1, Server.Requests.Count);
        }
    }

    [Theory]
    [InlineData("http://localhost/")]
    [InlineData("https://user:secret@localhost/")]
    [InlineData("ftp://localhost/")]
    [Trait("Clause", "F-19")]
    [Trait("Clause", "F-20")]
    public async Task A_redirect_to_what_could_not_be_configured_is_refused(string location)
    {
        Server.Answer = ScriptedBundleEndpoint.Redirect(location);

        SpiffeException exception = await Assert.ThrowsAsync<SpiffeException>(() => SpiffeFetch().FetchAsync(Token));

        Assert.Equal(SpiffeErrorReason.BundleEndpointFailed, exception.Reason);
        Assert.DoesNotContain("secret", exception.Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(EndpointId, true)]
    [InlineData("spiffe://served.test/another", false)]
    [Trait("Clause", "F-30")]
    public async Task The_target_must_have_the_same_id(string targetId, bool isTrusted)
    {
        await using ScriptedBundleEndpoint target = ScriptedBundleEndpoint.Start(Authority.Issue(targetId));
        target.Answer = ScriptedBundleEndpoint.Serve(new SpiffeDocument(Authority));
        Server.Answer = ScriptedBundleEndpoint.Redirect(target.Url);

        SpiffeException? exception = await Record.ExceptionAsync(() => SpiffeFetch().FetchAsync(Token)) as SpiffeException;

        Assert.Equal(isTrusted ? null : SpiffeErrorReason.PeerNotAuthorized, exception?.Reason);
    }

    [Theory]
    [InlineData("localhost", true)]
    [InlineData("other.test", false)]
    [Trait("Clause", "F-20")]
    public async Task The_target_on_the_web_must_have_the_name_of_its_host(string host, bool isTrusted)
    {
        await using ScriptedBundleEndpoint target = ScriptedBundleEndpoint.Start(IssueWeb(host));
        target.Answer = ScriptedBundleEndpoint.Serve(new SpiffeDocument(Authority));
        Server.Certificate = IssueWeb();
        Server.Answer = ScriptedBundleEndpoint.Redirect(target.Url);

        SpiffeException? exception = await Record.ExceptionAsync(() => WebFetch().FetchAsync(Token)) as SpiffeException;

        Assert.Equal(isTrusted ? null : SpiffeErrorReason.PeerNotTrusted, exception?.Reason);
    }
}
