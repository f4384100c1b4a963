using System.Management.Automation;
using Microsoft.AspNetCore.Http;
using Spiffe.Testing;
using Spiffe.Tests.Hosting;

namespace Spiffe.Tests.Commands;

public sealed class InvokeSpiffeWebRequestTests : PeerCommandTest
{
    [Fact]
    public async Task The_answer_is_the_object_of_Invoke_WebRequest()
    {
        Issue();
        await using TlsWebServer server = await StartServerAsync(context =>
        {
            context.Response.ContentType = "text/html";
            return context.Response.WriteAsync("<a href='/next'>next</a>");
        });

        PSObject answer = Assert.Single(
            Run("Invoke-SpiffeWebRequest $args[1] -Endpoint $args[0] -AllowAny", server.Address).Output);

        Assert.Equal("Microsoft.PowerShell.Commands.BasicHtmlWebResponseObject", answer.BaseObject.GetType().FullName);
        Assert.Equal(200, answer.Properties["StatusCode"].Value);
        Assert.Equal("<a href='/next'>next</a>", answer.Properties["Content"].Value);
    }

    [Fact]
    public async Task Bytes_stay_bytes()
    {
        Issue();
        await using TlsWebServer server = await StartServerAsync(context =>
        {
            context.Response.ContentType = "application/octet-stream";
            return context.Response.Body.WriteAsync(new byte[] { 1, 2, 3 }).AsTask();
        });

        Assert.Equal(
            [1, 2, 3], Run("(Invoke-SpiffeWebRequest $args[1] -Endpoint $args[0] -AllowAny).Content", server.Address).Expect<byte>());
    }

    [Fact]
    public async Task What_the_engine_does_not_take_for_text_is_not_lost()
    {
        Issue();
        await using TlsWebServer server = await StartServerAsync(context =>
        {
            context.Response.ContentType = "application/problem+json";
            return context.Response.WriteAsync("{}");
        });

        Assert.Equal(
            "{}"u8.ToArray(), Run("(Invoke-SpiffeWebRequest $args[1] -Endpoint $args[0] -AllowAny).Content", server.Address).Expect<byte>());
    }

    [Fact]
    public async Task An_SVID_that_the_user_gives_is_shown_and_no_agent_is_asked()
    {
        Issue();
        await using TlsWebServer server = await StartServerAsync();

        SessionResult result = Run(
            "$a = $args; $svid = Get-SpiffeX509Svid -Endpoint $a[0]; (Invoke-SpiffeWebRequest $a[1] -Svid $svid -AllowAny).StatusCode; $svid.Thumbprint",
            server.Address);

        Assert.Empty(result.Errors);
        Assert.Equal(200, result.Output[0].BaseObject);
        Assert.Equal(server.Requests.Single().Thumbprint, result.Output[1].BaseObject);
    }

    [Fact]
    public async Task A_client_of_HTTP_for_scripts_follows_the_same_rule()
    {
        Issue();
        await using TlsWebServer server = await StartServerAsync();

        SessionResult result = Run(
            "$a = $args; $client = New-SpiffeHttpClient $a[1] -Endpoint $a[0] -AllowTrustDomain example.org; $client.GetStringAsync('/').GetAwaiter().GetResult(); " +
            "$other = New-SpiffeHttpClient $a[1] -Endpoint $a[0] -AllowTrustDomain other.org; " +
            "try { $other.GetStringAsync('/').GetAwaiter().GetResult() } catch { $_.Exception.InnerException.Reason }",
            server.Address);

        Assert.Empty(result.Errors);
        Assert.Equal(["hello", "PeerNotAuthorized"], result.Output.Select(item => item.ToString()));
    }
}
