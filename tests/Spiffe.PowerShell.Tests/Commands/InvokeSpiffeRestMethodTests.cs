using System.Management.Automation;
using Microsoft.AspNetCore.Http;
using Spiffe.Protocol;
using Spiffe.Testing;
using Spiffe.Tests.Hosting;

namespace Spiffe.Tests.Commands;

public sealed class InvokeSpiffeRestMethodTests : RestMethodTest
{
    [Theory]
    [InlineData(AllowWeb)]
    [InlineData("-AllowSpiffeId spiffe://example.org/other, " + WebId)]
    [InlineData("-AllowTrustDomain example.org")]
    [InlineData("-AllowAny")]
    public async Task JSON_becomes_objects_where_the_server_is_allowed(string rule)
    {
        Issue();
        await using TlsWebServer server = await StartServerAsync(context => context.Response.WriteAsJsonAsync(new { name = "web", count = 2 }));

        PSObject answer = Assert.Single(Run(Ask + rule, server.Address).Output);

        Assert.Equal("web", answer.Properties["name"].Value);
        Assert.Equal(2L, answer.Properties["count"].Value);
    }

    [Theory]
    [InlineData("-AllowSpiffeId " + ShopId)]
    [InlineData("-AllowSpiffeId @()")]
    [InlineData("-AllowTrustDomain other.org")]
    [InlineData("-AllowTrustDomain @()")]
    [InlineData("-AllowAny:$false")]
    public async Task A_server_that_is_not_allowed_gets_no_request_and_the_error_names_it(string rule)
    {
        Issue();
        await using TlsWebServer server = await StartServerAsync();

        ErrorRecord error = Run(Ask + rule, server.Address).ExpectError("PeerNotAuthorized", ErrorCategory.PermissionDenied);

        Assert.Contains($"'{WebId}'", error.ToString(), StringComparison.Ordinal);
        Assert.Empty(server.Requests);
    }

    [Fact]
    public async Task A_loop_uses_one_connection_and_another_rule_another()
    {
        Issue();
        await using TlsWebServer server = await StartServerAsync();

        SessionResult result = Run(
            $"$a = $args; foreach ($i in 1..5) {{ Invoke-SpiffeRestMethod $a[1] -Endpoint $a[0] {AllowWeb} }}; " +
            "Invoke-SpiffeRestMethod $a[1] -Endpoint $a[0] -AllowTrustDomain example.org",
            server.Address);

        Assert.Equal(6, result.Expect<string>().Count);
        Assert.Equal(2, server.Requests.Select(request => request.Connection).Distinct().Count());
    }

    [Fact]
    [Trait("Clause", "J-17")]
    public async Task A_token_for_an_audience_is_sent_as_bearer()
    {
        Issue();
        Server.JwtSvids = request => new JWTSVIDResponse { Svids = { Messages.JwtSvid(JwtKey, request.SpiffeId, "", [.. request.Audience]) } };
        await using TlsWebServer server = await StartServerAsync(context => context.Response.WriteAsync(context.Request.Headers.Authorization.ToString()));

        string bearer = Assert.Single(Run(Ask + AllowWeb + " -JwtAudience orders", server.Address).Expect<string>());

        Assert.StartsWith("Bearer ey", bearer, StringComparison.Ordinal);
    }

    [Fact]
    [Trait("Clause", "J-24")]
    public async Task The_token_is_neither_in_an_error_nor_in_an_answer()
    {
        Issue();
        Server.JwtSvids = request => new JWTSVIDResponse { Svids = { Messages.JwtSvid(JwtKey, request.SpiffeId, "", [.. request.Audience]) } };
        string? bearer = null;
        await using TlsWebServer server = await StartServerAsync(context =>
        {
            bearer = context.Request.Headers.Authorization.ToString();
            context.Response.StatusCode = 404;
            return Task.CompletedTask;
        });

        ErrorRecord error = Run(Ask + AllowWeb + " -JwtAudience orders", server.Address)
            .ExpectError("WebCmdletWebResponseException", ErrorCategory.InvalidOperation);
        SessionResult answer = Run(
            "$a = $args; $r = Invoke-SpiffeWebRequest $a[1] -Endpoint $a[0] -JwtAudience orders -SkipHttpErrorCheck " + AllowWeb +
            "; \"$($r.BaseResponse.RequestMessage)\"",
            server.Address);

        Assert.StartsWith("Bearer ey", bearer, StringComparison.Ordinal);
        Assert.DoesNotContain("Bearer", $"{error.TargetObject}", StringComparison.Ordinal);
        Assert.DoesNotContain("Bearer", Assert.Single(answer.Expect<string>()), StringComparison.Ordinal);
    }

    [Theory]
    [Trait("Clause", "J-24")]
    [InlineData("-JwtAudience orders")]
    [InlineData("")]
    public void Over_http_nothing_is_sent(string arguments)
    {
        Issue();

        SessionResult result = Run(Ask + $"{AllowWeb} {arguments}", "http://127.0.0.1:1/");

        result.ExpectError("PeerHasNoSvid", ErrorCategory.SecurityError);
        Assert.Empty(Server.Requests);
    }

    [Fact]
    public async Task A_redirect_to_http_is_an_error_and_the_token_goes_to_the_first_server_only()
    {
        Issue();
        Server.JwtSvids = request => new JWTSVIDResponse { Svids = { Messages.JwtSvid(JwtKey, request.SpiffeId, "", [.. request.Audience]) } };
        string? second = null;
        await using TlsWebServer target = await StartServerAsync(context =>
        {
            second = context.Request.Headers.Authorization.ToString();
            return context.Response.WriteAsync("here");
        });
        await using TlsWebServer server = await StartServerAsync(context =>
        {
            context.Response.Redirect(context.Request.Path == "/open" ? "http://127.0.0.1:1/" : target.Address.ToString());
            return Task.CompletedTask;
        });

        Assert.Equal(["here"], Run(Ask + AllowWeb + " -JwtAudience orders", server.Address).Expect<string>());
        Assert.Equal(string.Empty, second);
        Run(Ask + AllowWeb, new Uri(server.Address, "/open")).ExpectError("PeerHasNoSvid", ErrorCategory.SecurityError);
    }

    [Fact]
    public async Task The_words_of_a_server_cannot_steer_the_terminal()
    {
        Issue();
        await using TlsWebServer server = await StartServerAsync(400, "{ \"a\":\t\"\u001b[2J\u202eé\" }\r\n\u009b1m\rend");

        ErrorRecord error = Run(Ask + AllowWeb, server.Address)
            .ExpectError("WebCmdletWebResponseException", ErrorCategory.InvalidOperation);

        Assert.Equal("{ \"a\":\t\"\\u001b[2J\\u202eé\" }\n\\u009b1m\nend", error.ErrorDetails.Message);
    }

    [Theory]
    [InlineData("gzip")]
    [InlineData("br")]
    [InlineData("deflate")]
    public async Task An_answer_that_is_not_compressed_as_it_says_is_an_error_of_the_exchange(string encoding)
    {
        Issue();
        await using TlsWebServer server = await StartServerAsync(context =>
        {
            context.Response.Headers.ContentEncoding = encoding;
            return context.Response.WriteAsync("this is not compressed");
        });

        Run(Ask + AllowWeb, server.Address).ExpectError("WebCmdletWebResponseException", ErrorCategory.ConnectionError);
    }

    [Fact]
    public async Task A_redirect_without_a_valid_address_is_an_error()
    {
        Issue();
        await using TlsWebServer server = await StartServerAsync(context =>
        {
            context.Response.StatusCode = 302;
            context.Response.Headers.Location = "//";
            return Task.CompletedTask;
        });

        Run(Ask + AllowWeb, server.Address).ExpectError("WebCmdletWebResponseException", ErrorCategory.ConnectionError);
    }

    [Fact]
    public async Task Ctrl_C_ends_a_wait_for_which_the_server_sets_decades()
    {
        Issue();
        TaskCompletionSource isAsked = new(TaskCreationOptions.RunContinuationsAsynchronously);
        await using TlsWebServer server = await StartServerAsync(context =>
        {
            isAsked.TrySetResult();
            context.Response.StatusCode = 429;
            context.Response.Headers.RetryAfter = "2147483647";
            return Task.CompletedTask;
        });
        using PowerShell shell = Session.Create(Ask + AllowWeb + " -MaximumRetryCount 1", Server.Endpoint, server.Address);
        IAsyncResult running = shell.BeginInvoke();
        await isAsked.Task.WaitAsync(Token);
        Assert.False(running.AsyncWaitHandle.WaitOne(TimeSpan.FromSeconds(1)));

        await Task.Run(shell.Stop, Token).WaitAsync(TimeSpan.FromSeconds(10), Token);

        Assert.Equal(PSInvocationState.Stopped, shell.InvocationStateInfo.State);
    }

    [Fact]
    public async Task Ctrl_C_ends_a_request_without_an_answer()
    {
        Issue();
        TaskCompletionSource isAsked = new(TaskCreationOptions.RunContinuationsAsynchronously);
        await using TlsWebServer server = await StartServerAsync(async context =>
        {
            isAsked.SetResult();
            await Task.Delay(Timeout.Infinite, context.RequestAborted);
        });
        using PowerShell shell = Session.Create(Ask + AllowWeb, Server.Endpoint, server.Address);
        IAsyncResult running = shell.BeginInvoke();
        await isAsked.Task.WaitAsync(Token);

        await Task.Run(shell.Stop, Token).WaitAsync(TimeSpan.FromSeconds(10), Token);

        Assert.Equal(PSInvocationState.Stopped, shell.InvocationStateInfo.State);
        Assert.True(running.IsCompleted);
    }

    [Fact]
    public async Task A_server_that_is_silent_is_given_up_in_time()
    {
        Issue();
        await using TlsWebServer server = await StartServerAsync(context => Task.Delay(Timeout.Infinite, context.RequestAborted));

        Run(Ask + AllowWeb + " -ConnectionTimeoutSeconds 1", server.Address).ExpectError("Timeout", ErrorCategory.OperationTimeout);
    }

    [Theory]
    [InlineData("-Body a -Form @{ b = 1 }", "RequestInvalid", ErrorCategory.InvalidArgument)]
    [InlineData("-HttpVersion 3.0", "RequestInvalid", ErrorCategory.InvalidArgument)]
    [InlineData("-SpiffeId spiffe://example.org/shop -NoClientCertificate", "RequestInvalid", ErrorCategory.InvalidArgument)]
    [InlineData("-SpiffeId spiffe://example.org/other", "SpiffeIdNotFound", ErrorCategory.ObjectNotFound)]
    [InlineData("-Hint other", "HintNotFound", ErrorCategory.ObjectNotFound)]
    [InlineData("-CustomMethod 'A B'", "RequestInvalid", ErrorCategory.InvalidArgument)]
    [InlineData("-CustomMethod PUT -Method Post", "RequestInvalid", ErrorCategory.InvalidArgument)]
    [InlineData("-UnixSocket ('/' + 'a' * 200)", "RequestInvalid", ErrorCategory.InvalidArgument)]
    [InlineData("-UnixSocket /none", "PeerUnreachable", ErrorCategory.ConnectionError)]
    [InlineData("-Method Post -Body a -ContentType '?'", "RequestInvalid", ErrorCategory.InvalidArgument)]
    public void Parameters_that_cannot_be_used_are_errors(string arguments, string id, ErrorCategory category)
    {
        Issue();

        Run(Ask + $"{AllowWeb} {arguments}", "https://127.0.0.1:1/").ExpectError(id, category);
    }

    [Fact]
    public void A_port_where_nothing_listens_is_an_error_of_its_own()
    {
        Issue();

        Run(Ask + AllowWeb, "https://127.0.0.1:1/").ExpectError("PeerUnreachable", ErrorCategory.ConnectionError);
    }

    [Fact]
    public async Task A_password_in_the_address_reaches_neither_an_error_nor_the_verbose_stream()
    {
        Issue();
        await using TlsWebServer server = await StartServerAsync();
        string address = server.Address.ToString().Replace("//", "//user:secret@", StringComparison.Ordinal);

        SessionResult good = Run(Ask + AllowWeb + " -Verbose", address);
        SessionResult bad = Run(Ask + AllowWeb, "https://user:secret@no host/");

        Assert.Empty(good.Errors);
        Assert.Contains(good.Verbose, message => message.Contains(server.Address.Authority, StringComparison.Ordinal));
        Assert.DoesNotContain(good.Verbose, message => message.Contains("secret", StringComparison.Ordinal));
        Assert.DoesNotContain("secret", bad.ExpectError("RequestInvalid", ErrorCategory.InvalidArgument).ToString(), StringComparison.Ordinal);
    }

    [Fact]
    public void Without_a_rule_nothing_is_asked()
    {
        Issue();

        Assert.NotEmpty(Run(Ask, "https://127.0.0.1:1/").Errors);
        Assert.Empty(Server.Requests);
    }

    [Fact]
    public async Task A_server_of_the_web_is_verified_by_the_platform()
    {
        Issue();
        await using TlsWebServer server = await StartServerAsync();

        Run(Ask + "-WebPki", server.Address).ExpectError("PeerNotTrusted", ErrorCategory.SecurityError);
        Assert.Empty(server.Requests);
    }
}
