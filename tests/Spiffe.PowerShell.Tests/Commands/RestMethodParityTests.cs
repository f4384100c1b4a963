using System.Management.Automation;
using Microsoft.AspNetCore.Http;
using Spiffe.Testing;
using Spiffe.Tests.Hosting;

namespace Spiffe.Tests.Commands;

/// <summary>What Invoke-RestMethod does too: what is sent, and what becomes of the answer.</summary>
public sealed class RestMethodParityTests : RestMethodTest
{
    [Fact]
    public async Task Method_body_headers_and_variables_are_those_of_the_namesake()
    {
        Issue();
        await using TlsWebServer server = await StartServerAsync(async context =>
        {
            context.Response.StatusCode = 201;
            context.Response.Headers["X-Answer"] = "yes";
            using StreamReader reader = new(context.Request.Body);
            await context.Response.WriteAsync(
                $"{context.Request.Method} {context.Request.ContentType} {context.Request.Headers["X-Ask"]} {await reader.ReadToEndAsync()}");
        });

        SessionResult result = Run(
            Ask + AllowWeb + " -Method Put -Body '{}' -ContentType application/json -Headers @{ 'X-Ask' = 'why' } " +
            "-StatusCodeVariable status -ResponseHeadersVariable headers; $status; $headers['X-Answer']",
            server.Address);

        Assert.Empty(result.Errors);
        Assert.Equal(["PUT application/json why {}", "201", "yes"], result.Output.Select(item => item.ToString()));
    }

    [Fact]
    public async Task Names_with_values_are_a_query_for_GET_and_a_form_for_POST()
    {
        Issue();
        await using TlsWebServer server = await StartServerAsync(async context =>
        {
            using StreamReader reader = new(context.Request.Body);
            await context.Response.WriteAsync($"{context.Request.QueryString}|{context.Request.ContentType}|{await reader.ReadToEndAsync()}");
        });

        Assert.Equal(
            ["?a=1&b=2+3||", "|application/x-www-form-urlencoded|b=2+3"],
            Run(
                Ask + AllowWeb + " -Body ([ordered]@{ a = 1; b = '2 3' }); " +
                Ask[11..] + AllowWeb + " -Method Post -Body @{ b = '2 3' }",
                server.Address).Expect<string>());
    }

    [Fact]
    public async Task An_answer_without_success_is_the_error_of_the_namesake_unless_skipped()
    {
        Issue();
        await using TlsWebServer server = await StartServerAsync(404, "no such order");

        ErrorRecord error = Run(Ask + AllowWeb, server.Address)
            .ExpectError("WebCmdletWebResponseException", ErrorCategory.InvalidOperation);

        Assert.Equal("Microsoft.PowerShell.Commands.HttpResponseException", error.Exception.GetType().FullName);
        Assert.Equal("no such order", error.ErrorDetails.Message);
        Assert.Equal(["no such order"], Run(Ask + AllowWeb + " -SkipHttpErrorCheck", server.Address).Expect<string>());
    }

    [Fact]
    public async Task Attempts_are_repeated_as_often_as_allowed()
    {
        Issue();
        int count = 0;
        await using TlsWebServer server = await StartServerAsync(context =>
        {
            context.Response.StatusCode = ++count < 3 ? 503 : 200;
            return context.Response.WriteAsync($"{count}");
        });

        Assert.Equal([3L], Run(Ask + AllowWeb + " -MaximumRetryCount 2 -RetryIntervalSec 1", server.Address).Expect<long>());
    }

    [Fact]
    public async Task Files_come_and_go()
    {
        Issue();
        using TemporaryFolder folder = new();
        string path = folder.Write("in.bin", [1, 2, 3]);
        await using TlsWebServer server = await StartServerAsync(context => context.Request.Body.CopyToAsync(context.Response.Body));

        SessionResult result = Run(
            Ask + AllowWeb + " -Method Post -InFile ($a[2] + '/in.bin') -OutFile ($a[2] + '/out.bin')", server.Address, folder.Path);

        Assert.Empty(result.Errors);
        Assert.Empty(result.Output);
        Assert.Equal(await File.ReadAllBytesAsync(path, Token), await File.ReadAllBytesAsync(folder.Path + "/out.bin", Token));
    }

    [Fact]
    public async Task A_form_has_its_texts_and_its_files()
    {
        Issue();
        using TemporaryFolder folder = new();
        folder.Write("note.txt", "hello");
        await using TlsWebServer server = await StartServerAsync(async context =>
        {
            IFormCollection form = await context.Request.ReadFormAsync();
            using StreamReader reader = new(form.Files["note"]!.OpenReadStream());
            await context.Response.WriteAsync($"{string.Join('+', form["tag"].ToArray())} {form.Files["note"]!.FileName} {await reader.ReadToEndAsync()}");
        });

        Assert.Equal(
            ["a+b note.txt hello"],
            Run(Ask + AllowWeb + " -Form @{ tag = 'a', 'b'; note = [IO.FileInfo] ($a[2] + '/note.txt') }", server.Address, folder.Path).Expect<string>());
        Run(Ask + AllowWeb + " -Form @{ note = [IO.FileInfo] ($a[2] + '/none.txt') }", server.Address, folder.Path)
            .ExpectError("FileNotFound", ErrorCategory.ObjectNotFound);
    }

    [Theory]
    [InlineData("application/json", "null", "$null -eq $r")]
    [InlineData("application/json", "", "$r -eq ''")]
    [InlineData("application/json", "[]", "$r -is [array] -and $r.Count -eq 0")]
    [InlineData("application/json", "<a>1</a>", "$r.a -eq '1'")]
    [InlineData("application/octet-stream", "{\"a\":1}", "$r.a -eq 1")]
    [InlineData("text/javascript", "{\"a\":1}", "$r.a -eq 1")]
    [InlineData("application/xml", "{\"a\":1}", "$r.a -eq 1")]
    [InlineData("text/plain", "<a><b>1</b></a>", "$r.a.b -eq '1'")]
    [InlineData("text/html", "42", "$r -is [long]")]
    [InlineData("text/plain", "{ not JSON", "$r -is [string]")]
    [InlineData("text/xml", "<rss><channel><item><t>1</t></item><item><t>2</t></item></channel></rss>", "($r.t -join ',') -eq '1,2'")]
    [InlineData("application/atom+xml", "<feed xmlns='http://www.w3.org/2005/Atom'><entry><t>1</t></entry><entry><t>2</t></entry></feed>", "($r.t -join ',') -eq '1,2'")]
    public async Task An_answer_becomes_what_the_namesake_makes_of_it(string type, string body, string check)
    {
        Issue();
        await using TlsWebServer server = await StartServerAsync(context =>
        {
            context.Response.ContentType = type;
            return context.Response.WriteAsync(body);
        });

        Assert.Equal(
            [true],
            Run("$a = $args; $r = Invoke-SpiffeRestMethod $a[1] -Endpoint $a[0] " + AllowWeb + "; [bool] (" + check + ")", server.Address).Expect<bool>());
    }

    [Theory]
    [InlineData("-CustomMethod post -Body a", "POST application/x-www-form-urlencoded  a")]
    [InlineData("-CustomMethod propfind", "PROPFIND   ")]
    [InlineData("-Method Put -Body a", "PUT   a")]
    [InlineData("-Method Post -Body a -Headers @{ 'Content-Language' = 'de'; 'content-type' = 'a/b' }", "POST a/b de a")]
    [InlineData("-Method Post -Body a -ContentType c/d -Headers @{ 'Content-Type' = 'a/b' }", "POST c/d  a")]
    [InlineData("-Headers @{ 'Content-Type' = 'a/b'; 'Content-Language' = 'de' }", "GET   ")]
    public async Task Methods_and_content_headers_are_sent_as_the_namesake_sends_them(string arguments, string expected)
    {
        Issue();
        await using TlsWebServer server = await StartServerAsync(async context =>
        {
            using StreamReader reader = new(context.Request.Body);
            context.Response.ContentType = "text/plain";
            await context.Response.WriteAsync(
                $"{context.Request.Method} {context.Request.ContentType} {context.Request.Headers.ContentLanguage} {await reader.ReadToEndAsync()}");
        });

        Assert.Equal([expected], Run(Ask + AllowWeb + " " + arguments, server.Address).Expect<string>());
    }

    [Fact]
    public async Task Status_and_headers_are_kept_where_the_answer_goes_to_a_file()
    {
        Issue();
        using TemporaryFolder folder = new();
        await using TlsWebServer server = await StartServerAsync(context => context.Response.WriteAsync("x"));

        SessionResult result = Run(
            Ask + AllowWeb + " -OutFile ($a[2] + '/out') -StatusCodeVariable status -ResponseHeadersVariable headers; $status; $headers.Count -gt 0",
            server.Address,
            folder.Path);

        Assert.Empty(result.Errors);
        Assert.Equal(["200", "True"], result.Output.Select(item => item.ToString()));
    }

    [Theory]
    [InlineData("")]
    [InlineData("/none/out")]
    public async Task Nothing_is_sent_where_the_answer_cannot_be_written(string name)
    {
        Issue();
        using TemporaryFolder folder = new();
        await using TlsWebServer server = await StartServerAsync();

        Run(Ask + AllowWeb + " -Method Post -Body a -OutFile ($a[2] + $a[3])", server.Address, folder.Path, name)
            .ExpectError("WriteFailed", ErrorCategory.WriteError);

        Assert.Empty(server.Requests);
    }
}
