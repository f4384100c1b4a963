using System.Management.Automation;
using System.Security.Cryptography.X509Certificates;
using Grpc.Core;
using Spiffe.Protocol;
using Spiffe.Testing;
using Spiffe.Tests.Hosting;

namespace Spiffe.Tests.Commands;

public sealed class WaitSpiffeSvidTests : CommandTest
{
    private const string Web = "spiffe://example.org/web";
    private const string Batch = "spiffe://example.org/batch";

    [Fact]
    public void It_ends_as_soon_as_there_is_an_identity()
    {
        Server.X509Svids = (stream, token) => Server.Requests.Count switch
        {
            1 => throw new RpcException(new Status(StatusCode.PermissionDenied, "no identity issued")),
            _ => ScriptedWorkloadApi.Always(Messages.X509Svids(Authority))(stream, token),
        };

        SessionResult result = Run("Wait-SpiffeSvid -Endpoint $args[0] -Verbose");

        Assert.Equal(Web, Assert.Single(result.Expect<X509Svid>()).SpiffeId.ToString());
        Assert.Contains(result.Verbose, line => line.Contains("no identity", StringComparison.Ordinal));
    }

    [Fact]
    public void It_waits_for_all_that_was_asked_for()
    {
        IReadOnlyList<X509Svid> svids = Wait(
            $"{Batch}, {Web}", Messages.X509Svids(Issue(Web)), Messages.X509Svids(Issue(Web), Issue(Batch)));

        Assert.Equal([Web, Batch], svids.Select(svid => svid.SpiffeId.ToString()));
    }

    [Fact]
    public void It_waits_for_the_renewal_of_the_one_SVID_that_is_named()
    {
        (X509SVID web, X509SVID batch, X509SVID renewed) = (Issue(Web), Issue(Batch), Issue(Web));

        X509Svid svid = Assert.Single(Wait(
            $"-Renewed {Thumbprint(web)}",
            Messages.X509Svids(web, batch),
            Messages.X509Svids(web, Issue(Batch)),
            Messages.X509Svids(renewed, batch)));

        Assert.Equal(Thumbprint(renewed), svid.Thumbprint);
    }

    [Fact]
    public void An_SVID_from_the_pipeline_is_the_one_whose_renewal_counts()
    {
        Server.X509Svids = ScriptedWorkloadApi.Always(Messages.X509Svids(Authority));

        Run("Get-SpiffeX509Svid -Endpoint $args[0] | Wait-SpiffeSvid -Endpoint $args[0] -TimeoutSec 1")
            .ExpectError("Timeout", ErrorCategory.OperationTimeout);
    }

    [Theory]
    [InlineData("$all[1] | Wait-SpiffeSvid -Endpoint $args[0]", Batch)]
    [InlineData("$all | Wait-SpiffeSvid -Endpoint $args[0]", Web + " " + Batch)]
    [InlineData("Wait-SpiffeSvid -Renewed $all[1].Thumbprint -SpiffeId $all[1].SpiffeId -Endpoint $args[0]", Batch)]
    public void One_that_was_renewed_meanwhile_needs_no_wait_and_gives_its_own_successor(string script, string expected)
    {
        int calls = 0;
        X509SVIDResponse[] messages =
            [Messages.X509Svids(Issue(Web), Issue(Batch)), Messages.X509Svids(Issue(Web), Issue(Batch))];
        Server.X509Svids = (stream, token) => ScriptedWorkloadApi.Always(messages[Math.Min(calls++, 1)])(stream, token);

        IReadOnlyList<X509Svid> svids = Run("$all = Get-SpiffeX509Svid -Endpoint $args[0]; " + script).Expect<X509Svid>();

        Assert.Equal(expected, string.Join(' ', svids));
        Assert.All(svids, svid => Assert.Contains(
            svid.Thumbprint, messages[1].Svids.Select(Thumbprint)));
    }

    [Fact]
    public void The_successor_has_the_hint_of_the_one_before()
    {
        Server.X509Svids = ScriptedWorkloadApi.Always(
            Messages.X509Svids(Messages.X509Svid(Authority, Web, "internal"), Messages.X509Svid(Authority, Web, "external")));

        Assert.Equal(
            ["external"],
            Run("$all = Get-SpiffeX509Svid -Endpoint $args[0]; [pscustomobject]@{ SpiffeId = $all[1].SpiffeId; Hint = $all[1].Hint; " +
                "Thumbprint = '0' * 40 } | Wait-SpiffeSvid -Endpoint $args[0]").Expect<X509Svid>().Select(svid => svid.Hint));
    }

    [Fact]
    public void A_thumbprint_alone_that_no_SVID_has_names_no_identity()
    {
        Server.X509Svids = ScriptedWorkloadApi.Always(Messages.X509Svids(Authority));

        Run($"Wait-SpiffeSvid -Renewed {new string('a', 40)} -Endpoint $args[0]")
            .ExpectError("SpiffeIdNotFound", ErrorCategory.ObjectNotFound);
    }

    [Fact]
    public void When_time_is_up_the_error_says_what_was_waited_for_and_how_it_stood()
    {
        Server.X509Svids = ScriptedWorkloadApi.Always(Messages.X509Svids(Authority));

        ErrorRecord error = Run($"Wait-SpiffeSvid {Batch} -TimeoutSec 1 -Endpoint $args[0]")
            .ExpectError("Timeout", ErrorCategory.OperationTimeout);

        Assert.Contains(Batch, error.Exception.Message, StringComparison.Ordinal);
        Assert.Contains(Web, error.Exception.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void While_it_waits_it_shows_progress_with_the_last_status()
    {
        Server.X509Svids = ScriptedWorkloadApi.Fail<X509SVIDResponse>(StatusCode.Unavailable, "starting up");
        using PowerShell shell = Session.Create("Wait-SpiffeSvid -TimeoutSec 4 -Endpoint $args[0]", Server.Endpoint);

        shell.Invoke();

        Assert.StartsWith("Timeout,", Assert.Single(shell.Streams.Error).FullyQualifiedErrorId, StringComparison.Ordinal);
        ProgressRecord[] progress = [.. shell.Streams.Progress];
        Assert.Contains(progress, record => record.StatusDescription.Contains("starting up", StringComparison.Ordinal));
        Assert.All(progress, record => Assert.Contains("X509-SVID", record.Activity, StringComparison.Ordinal));
        Assert.Equal(ProgressRecordType.Completed, progress[^1].RecordType);
    }

    [Theory]
    [InlineData(StatusCode.InvalidArgument, "RequestRejected", ErrorCategory.InvalidArgument)]
    [InlineData(StatusCode.Unimplemented, "ProfileNotSupported", ErrorCategory.NotImplemented)]
    [Trait("Clause", "E-14")]
    [Trait("Clause", "E-17")]
    public void What_waiting_cannot_mend_ends_it(StatusCode code, string id, ErrorCategory category)
    {
        Server.X509Svids = ScriptedWorkloadApi.Fail<X509SVIDResponse>(code, "no");

        Run("Wait-SpiffeSvid -Endpoint $args[0]").ExpectError(id, category);

        Assert.Single(Server.Requests);
    }

    [Fact]
    public async Task Stopping_the_pipeline_ends_the_wait_and_the_call()
    {
        Server.X509Svids = (_, token) => Task.Delay(Timeout.Infinite, token);
        using PowerShell shell = Session.Create("Wait-SpiffeSvid -TimeoutSec 0 -Endpoint $args[0]", Server.Endpoint);
        IAsyncResult running = shell.BeginInvoke();
        await Eventually.TrueAsync(() => Server.OpenCalls == 1, Token);

        shell.Stop();

        Assert.True(running.IsCompleted);
        Assert.Empty(shell.Streams.Error);
        await Eventually.TrueAsync(() => Server.OpenCalls == 0, Token);
    }

    [Theory]
    [InlineData("abc")]
    [InlineData("zzzzzzzzzzzzzzzzzzzzzzzzzzzzzzzzzzzzzzzz")]
    public void Text_that_is_not_a_thumbprint_is_refused(string text) => Assert.StartsWith(
        "ParameterArgumentValidationError,",
        Assert.Single(Run($"Wait-SpiffeSvid -Renewed {text} -Endpoint $args[0]").Errors).FullyQualifiedErrorId,
        StringComparison.Ordinal);

    /// <summary>Waits while the server sends the next message once the one before was looked at, which the cmdlet tells.</summary>
    private IReadOnlyList<X509Svid> Wait(string arguments, params X509SVIDResponse[] messages)
    {
        using SemaphoreSlim isRead = new(1);
        Server.X509Svids = async (stream, token) =>
        {
            foreach (X509SVIDResponse message in messages)
            {
                await isRead.WaitAsync(token);
                await stream.WriteAsync(message, token);
            }

            await Task.Delay(Timeout.Infinite, token);
        };
        using PowerShell shell = Session.Create($"Wait-SpiffeSvid {arguments} -Endpoint $args[0] -Verbose", Server.Endpoint);
        shell.Streams.Verbose.DataAdded += (sender, added) =>
        {
            if (((PSDataCollection<VerboseRecord>)sender!)[added.Index].Message.StartsWith("There are", StringComparison.Ordinal) ||
                ((PSDataCollection<VerboseRecord>)sender)[added.Index].Message.StartsWith("The SVID", StringComparison.Ordinal))
            {
                isRead.Release();
            }
        };
        return [.. shell.Invoke().Select(item => Assert.IsType<X509Svid>(item.BaseObject))];
    }

    private static X509SVID Issue(string id) => Messages.X509Svid(Authority, id);

    private static string Thumbprint(X509SVID svid)
    {
        using X509Certificate2 certificate = X509CertificateLoader.LoadCertificate(svid.X509Svid.Span);
        return certificate.Thumbprint;
    }
}
