using System.Management.Automation;
using Spiffe.Testing;
using Spiffe.Tests.Hosting;

namespace Spiffe.Tests.DevAgents;

/// <summary>Every fault of the development agent, and what a fetch, a watch and a wait make of it.</summary>
public sealed class FaultMatrixTests : IClassFixture<FaultyAgent>
{
    private readonly FaultyAgent _agent;

    public FaultMatrixTests(FaultyAgent agent)
    {
        _agent = agent;
        Clear();
    }

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    /// <summary>Fault; error of a fetch; what a watch that has a state is told next; whether a message was discarded.</summary>
    public static TheoryData<string, string?, string, bool> Faults => new()
    {
        { "Unavailable", "AgentUnavailable", "Retrying AgentUnavailable", false },
        { "PermissionDenied", "NoIdentityIssued", "Removed NoIdentityIssued", false },
        { "RateLimited", "RateLimited", "Retrying RateLimited", false },
        { "DropConnection", "EndpointUnreachable", "Retrying EndpointUnreachable", false },
        { "CloseStream", null, "Retrying AgentUnavailable", false },
        { "Hang", "Timeout", "nothing", false },
        { "NoSvids", "ResponseInvalid", "nothing", true },
        { "NoSpiffeId", "ResponseInvalid", "nothing", true },
        { "NoCertificate", "ResponseInvalid", "nothing", true },
        { "NoKey", "ResponseInvalid", "nothing", true },
        { "NoBundle", "ResponseInvalid", "nothing", true },
        { "WrongSpiffeId", "SvidInvalid", "nothing", true },
        { "BrokenCertificate", "ResponseInvalid", "nothing", true },
        { "TrailingBytes", "ResponseInvalid", "nothing", true },
        { "BrokenKey", "ResponseInvalid", "nothing", true },
        { "WrongKey", "SvidInvalid", "nothing", true },
        { "BrokenBundle", "ResponseInvalid", "nothing", true },
        { "BundleOfWorkload", "ResponseInvalid", "nothing", true },
        { "BundleOfNobody", "ResponseInvalid", "nothing", true },
    };

    [Theory]
    [MemberData(nameof(Faults))]
    [Trait("Clause", "E-15")]
    [Trait("Clause", "E-16")]
    [Trait("Clause", "A-8")]
    [Trait("Clause", "A-11")]
    [Trait("Clause", "A-12")]
    [Trait("Clause", "A-13")]
    public void A_fetch_fails_with_the_reason_and_works_again(string fault, string? error, string watch, bool isDiscarded)
    {
        _ = (watch, isDiscarded);
        int patience = error == "Timeout" ? 1 : 30;
        Switch(fault);
        SessionResult failed = Fetch($"-TimeoutSec {patience}");
        Clear();

        Assert.Equal(error, failed.Errors.SingleOrDefault()?.FullyQualifiedErrorId.Split(',')[0]);
        Assert.Single(Fetch().Expect<X509Svid>());
    }

    [Theory]
    [MemberData(nameof(Faults))]
    [Trait("Clause", "A-8")]
    [Trait("Clause", "A-19")]
    public async Task A_watch_reports_it_keeps_or_drops_its_state_and_continues(
        string fault, string? error, string watch, bool isDiscarded)
    {
        _ = error;
        bool isTold = watch != "nothing";
        using PowerShell shell = _agent.Watcher.Create(
            $"Watch-SpiffeSvid -IncludeRetry -Count {(isTold ? 3 : 2)} -TimeoutSec 60 -Endpoint $args[0]", _agent.Endpoint);
        using PSDataCollection<PSObject> output = [];
        Task watching = shell.InvokeAsync<PSObject, PSObject>(input: null, output);
        await Eventually.TrueAsync(() => output.Count == 1, Token);

        Switch(fault);
        await (isTold ? Eventually.TrueAsync(() => output.Count == 2, Token)
            : isDiscarded ? Eventually.TrueAsync(() => shell.Streams.Warning.Count > 0, Token)
            : Task.Delay(TimeSpan.FromMilliseconds(300), Token));
        _agent.Update("-ClearFault -Rotate Svid");
        await watching;

        SvidUpdate[] updates = [.. output.Select(item => Assert.IsType<SvidUpdate>(item.BaseObject))];
        Assert.Equal(isDiscarded, shell.Streams.Warning.Count > 0);
        if (isTold)
        {
            Assert.Equal(watch, $"{updates[1].Kind} {updates[1].Reason}");
            Assert.Equal(updates[1].Kind == SvidUpdateKind.Removed ? 0 : 1, updates[1].Svids.Count);
        }

        Assert.NotEqual(updates[0].Svids, updates[^1].Svids);
        Assert.Single(updates[^1].Svids);
        Assert.Equal(updates.Select((_, index) => index + 1L), updates.Select(update => update.SequenceNumber));
    }

    [Theory]
    [MemberData(nameof(Faults))]
    public void A_wait_outlasts_it_where_time_can_mend_it(string fault, string? error, string watch, bool isDiscarded)
    {
        _ = (watch, isDiscarded);
        Switch(fault);
        using PowerShell wait = _agent.Watcher.Create("Wait-SpiffeSvid -TimeoutSec 60 -Endpoint $args[0]", _agent.Endpoint);
        if (error is null)
        {
            Assert.Single(wait.Invoke());
            return;
        }

        using PSDataCollection<PSObject> output = [];
        IAsyncResult waiting = wait.BeginInvoke<PSObject, PSObject>(input: null, output);
        Assert.False(waiting.AsyncWaitHandle.WaitOne(TimeSpan.FromMilliseconds(300)), "the wait ended in spite of the fault");
        Clear();
        wait.EndInvoke(waiting);

        Assert.Single(output);
    }

    private SessionResult Fetch(string arguments = "") =>
        _agent.Session.Run($"Get-SpiffeX509Svid -Endpoint $args[0] {arguments}", _agent.Endpoint);

    private void Switch(string fault) => _agent.Update($"-Fault {fault}");

    private void Clear() => _agent.Update("-ClearFault");
}
