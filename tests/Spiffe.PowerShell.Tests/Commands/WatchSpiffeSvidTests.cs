using System.Management.Automation;
using Grpc.Core;
using Spiffe.Protocol;
using Spiffe.Testing;
using Spiffe.Tests.Hosting;

namespace Spiffe.Tests.Commands;

public sealed class WatchSpiffeSvidTests : CommandTest
{
    // The server sends the next message when this one was read: of several that wait, a watch gives only the last.
    private readonly SemaphoreSlim _isRead = new(0);

    [Fact]
    public void Each_message_is_an_update_until_the_count_is_reached()
    {
        Serve(Messages.X509Svids(Authority), Messages.X509Svids(Authority), Messages.X509Svids(Authority));

        IReadOnlyList<SvidUpdate> updates = Watch("-Count 2").Expect<SvidUpdate>();

        Assert.Equal([SvidUpdateKind.Initial, SvidUpdateKind.Updated], updates.Select(update => update.Kind));
        Assert.Equal([1L, 2L], updates.Select(update => update.SequenceNumber));
        Assert.NotEqual(((X509Svid)updates[0].Svids[0]).Thumbprint, ((X509Svid)updates[1].Svids[0]).Thumbprint);
    }

    [Fact]
    public async Task A_downstream_stop_ends_the_call_on_the_server()
    {
        Server.X509Svids = ScriptedWorkloadApi.Always(Messages.X509Svids(Authority));

        SessionResult result = Run("foreach ($once in 1) { Watch-SpiffeSvid -Endpoint $args[0] | ForEach-Object { $_; break } }"
            .Replace("$args", "$a", StringComparison.Ordinal).Insert(0, "$a = $args; "));

        Assert.Empty(result.Errors);
        Assert.Single(Server.Requests);
        await Eventually.TrueAsync(() => Server.OpenCalls == 0, Token);
    }

    [Fact]
    public async Task Stopping_the_pipeline_while_it_waits_ends_the_call()
    {
        Server.X509Svids = ScriptedWorkloadApi.Always(Messages.X509Svids(Authority));
        using PowerShell shell = Session.Create("Watch-SpiffeSvid -Endpoint $args[0]", Server.Endpoint);
        using PSDataCollection<PSObject> output = [];
        IAsyncResult running = shell.BeginInvoke<PSObject, PSObject>(input: null, output);
        await Eventually.TrueAsync(() => output.Count == 1, Token);

        shell.Stop();

        Assert.True(running.IsCompleted);
        Assert.Equal(PSInvocationState.Stopped, shell.InvocationStateInfo.State);
        Assert.Empty(shell.Streams.Error);
        await Eventually.TrueAsync(() => Server.OpenCalls == 0, Token);
    }

    [Fact]
    public void A_discarded_message_is_a_warning_and_the_watch_continues()
    {
        _isRead.Release();
        Serve(new X509SVIDResponse(), Messages.X509Svids(Authority));

        SessionResult result = Run("Watch-SpiffeSvid -Count 1 -Endpoint $args[0]");

        Assert.Single(result.Expect<SvidUpdate>());
        Assert.Contains("svids", Assert.Single(result.Warnings), StringComparison.Ordinal);
    }

    [Fact]
    public void Retries_are_updates_only_where_asked_for()
    {
        Server.X509Svids = (stream, token) => Server.Requests.Count % 2 == 1
            ? throw new RpcException(new Status(StatusCode.Unavailable, "starting"))
            : ScriptedWorkloadApi.Always(Messages.X509Svids(Authority))(stream, token);

        SessionResult quiet = Run("Watch-SpiffeSvid -Count 1 -Endpoint $args[0] -Verbose");
        IReadOnlyList<SvidUpdate> told = Run("Watch-SpiffeSvid -Count 2 -IncludeRetry -Endpoint $args[0]").Expect<SvidUpdate>();

        Assert.Equal(SvidUpdateKind.Initial, Assert.Single(quiet.Expect<SvidUpdate>()).Kind);
        Assert.Contains(quiet.Verbose, line => line.Contains("Next attempt", StringComparison.Ordinal));
        Assert.Equal([SvidUpdateKind.Retrying, SvidUpdateKind.Initial], told.Select(update => update.Kind));
        Assert.Equal(SpiffeErrorReason.AgentUnavailable, told[0].Reason);
        Assert.NotNull(told[0].NextRetry);
    }

    [Fact]
    [Trait("Clause", "A-18")]
    [Trait("Clause", "A-19")]
    public void PermissionDenied_reports_everything_gone()
    {
        Server.X509Svids = async (stream, token) =>
        {
            await stream.WriteAsync(Messages.X509Svids(Authority), token);
            throw new RpcException(new Status(StatusCode.PermissionDenied, "no identity issued"));
        };

        IReadOnlyList<SvidUpdate> updates = Run("Watch-SpiffeSvid -Count 2 -Endpoint $args[0]").Expect<SvidUpdate>();

        Assert.Equal(SvidUpdateKind.Removed, updates[1].Kind);
        Assert.Empty(updates[1].Svids);
        Assert.Equal(updates[0].Svids, updates[1].Removed);
    }

    [Theory]
    [InlineData(StatusCode.InvalidArgument, "RequestRejected", ErrorCategory.InvalidArgument)]
    [InlineData(StatusCode.Unimplemented, "ProfileNotSupported", ErrorCategory.NotImplemented)]
    public void What_waiting_cannot_mend_is_a_terminating_error(StatusCode code, string id, ErrorCategory category)
    {
        Server.X509Svids = ScriptedWorkloadApi.Fail<X509SVIDResponse>(code, "no");

        Run("Watch-SpiffeSvid -Endpoint $args[0]").ExpectError(id, category);
    }

    [Fact]
    public void A_selection_hides_changes_of_other_identities()
    {
        X509SVID web = Messages.X509Svid(Authority, "spiffe://example.org/web", "external");
        X509SVIDResponse Others() => Messages.X509Svids(web, Messages.X509Svid(Authority, "spiffe://example.org/batch"));
        Serve(Others(), Others(), Messages.X509Svids(Messages.X509Svid(Authority, "spiffe://example.org/web", "external")));

        // The second message has no visible effect, so there is no sign that it was read.
        _isRead.Release();
        IReadOnlyList<SvidUpdate> updates = Watch("-Hint external -Count 2").Expect<SvidUpdate>();

        Assert.Equal([1L, 2L], updates.Select(update => update.SequenceNumber));
        Assert.All(updates, update => Assert.Equal("/web", Assert.Single(update.Svids).SpiffeId.Path));
    }

    [Fact]
    public void A_selection_without_a_match_is_warned_of_and_waited_for()
    {
        Serve(Messages.X509Svids(Authority), Messages.X509Svids(Messages.X509Svid(Authority, "spiffe://example.org/late")));

        SessionResult result = Watch("-SpiffeId spiffe://example.org/late -Count 2");

        Assert.Equal([0, 1], result.Expect<SvidUpdate>().Select(update => update.Svids.Count));
        Assert.Contains("spiffe://example.org/web", Assert.Single(result.Warnings), StringComparison.Ordinal);
    }

    [Fact]
    public void JWT_SVIDs_are_followed_for_an_audience()
    {
        Server.JwtSvids = _ => new JWTSVIDResponse { Svids = { Messages.JwtSvid(JwtKey, "spiffe://example.org/web", "", "orders") } };

        SvidUpdate update = Assert.Single(
            Run("Watch-SpiffeSvid -Type Jwt -Audience orders -Count 1 -Endpoint $args[0]").Expect<SvidUpdate>());

        Assert.IsType<JwtSvid>(Assert.Single(update.Svids));
    }

    [Fact]
    public void An_identity_without_a_token_is_warned_of_with_those_that_there_are()
    {
        Server.JwtSvids = request => request.SpiffeId.Length == 0
            ? new JWTSVIDResponse { Svids = { Messages.JwtSvid(JwtKey, "spiffe://example.org/web", "", "orders") } }
            : throw new RpcException(new Status(StatusCode.PermissionDenied, "no identity issued"));

        SessionResult result = Run(
            "Watch-SpiffeSvid -Type Jwt -Audience orders -SpiffeId spiffe://example.org/none -IncludeRetry -Count 2 -Endpoint $args[0]");

        Assert.All(result.Expect<SvidUpdate>(), update => Assert.Equal(SpiffeErrorReason.NoIdentityIssued, update.Reason));
        Assert.Contains("spiffe://example.org/web", Assert.Single(result.Warnings), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("-Type Jwt")]
    [InlineData("-Audience orders")]
    public void Type_and_audience_go_together(string arguments)
    {
        ErrorRecord error = Assert.Single(Run($"Watch-SpiffeSvid {arguments} -Endpoint $args[0]").Errors);

        Assert.StartsWith("AudienceMismatch,", error.FullyQualifiedErrorId, StringComparison.Ordinal);
        Assert.Contains("-Audience", error.ErrorDetails.RecommendedAction, StringComparison.Ordinal);
        Assert.Empty(Server.Requests);
    }

    [Fact]
    public void A_time_that_was_set_ends_the_watch_with_an_error()
    {
        Server.X509Svids = ScriptedWorkloadApi.Always(Messages.X509Svids(Authority));

        Run("Watch-SpiffeSvid -TimeoutSec 1 -Endpoint $args[0]").ExpectError("Timeout", ErrorCategory.OperationTimeout);
    }

    private void Serve(params X509SVIDResponse[] messages) => Server.X509Svids = async (stream, token) =>
    {
        foreach (X509SVIDResponse message in messages)
        {
            await stream.WriteAsync(message, token);
            await _isRead.WaitAsync(token);
        }

        await Task.Delay(Timeout.Infinite, token);
    };

    private SessionResult Watch(string arguments) => Run(
        $"$a = $args; Watch-SpiffeSvid {arguments} -Endpoint $a[0] | ForEach-Object {{ $_; $null = $a[1].Release() }}", _isRead);
}
