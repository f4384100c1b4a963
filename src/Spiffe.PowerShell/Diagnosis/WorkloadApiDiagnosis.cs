using System.Diagnostics;
using System.Management.Automation;

namespace Spiffe.Commands;

/// <summary>Checks the Workload API step by step, and describes what each step found.</summary>
internal sealed class WorkloadApiDiagnosis
{
    // An audience that no receiver has: the token issued for the test cannot be used anywhere.
    private const string Audience = "test-spiffe-workload-api";

    // Agents renew at half of a life.
    private const double LateShare = 0.25;

    private static readonly TimeSpan s_clockTolerance = TimeSpan.FromSeconds(5);

    private readonly WorkloadApiEndpoint _endpoint;
    private readonly IWorkloadApi _api;
    private readonly CancellationToken _cancellationToken;
    private readonly List<DiagnosisStep> _steps = [];
    private bool _isLost;

    public WorkloadApiDiagnosis(WorkloadApiEndpoint endpoint, IWorkloadApi api, CancellationToken cancellationToken)
    {
        _endpoint = endpoint;
        _api = api;
        _cancellationToken = cancellationToken;
    }

    /// <summary>All steps behind the address.</summary>
    /// <param name="items">Where PowerShell looks at files; used on the calling thread.</param>
    public async Task<IReadOnlyList<DiagnosisStep>> RunAsync(ItemCmdletProviderIntrinsics items)
    {
        if (_endpoint.Kind == EndpointKind.Unix)
        {
            Add(SocketInspection.Inspect(_endpoint.Address, items));
            await TryAsync("Connect", () => SocketInspection.ConnectAsync(_endpoint.Address, _cancellationToken)).ConfigureAwait(false);
        }

        IReadOnlyList<X509Svid>? svids = await AskAsync(
            "FetchX509SVID",
            () => _api.FetchX509SvidsAsync(_cancellationToken),
            found => string.Join(", ", found.Select(svid => svid.SpiffeId))).ConfigureAwait(false);
        await AskAsync("FetchX509Bundles", () => _api.FetchX509BundlesAsync(_cancellationToken), Describe).ConfigureAwait(false);
        await AskAsync("FetchJWTBundles", () => _api.FetchJwtBundlesAsync(_cancellationToken), Describe).ConfigureAwait(false);
        IReadOnlyList<JwtSvid>? tokens = await AskAsync(
            "FetchJWTSVID",
            () => _api.FetchJwtSvidsAsync([Audience], svids?[0].SpiffeId, _cancellationToken),
            found => $"a token for {found[0].SpiffeId}").ConfigureAwait(false);
        await ValidateAsync(tokens?[0]).ConfigureAwait(false);
        foreach (X509Svid svid in svids ?? [])
        {
            _steps.Add(CheckLife(svid));
        }

        if (tokens?[0].IssuedAt is { } issuedAt)
        {
            _steps.Add(CheckClock(issuedAt - DateTimeOffset.UtcNow));
        }

        return _steps;
    }

    private static string Describe(IReadOnlyList<SpiffeBundle> bundles) =>
        string.Join(", ", bundles.Select(bundle => $"{bundle.TrustDomain} ({bundle.Authorities})"));

    private static DiagnosisStep CheckLife(X509Svid svid)
    {
        TimeSpan early = svid.Certificate.ValidFrom - DateTimeOffset.UtcNow;
        if (early > TimeSpan.Zero)
        {
            return new DiagnosisStep(
                "Validity",
                StepOutcome.Failed,
                $"The SVID of {svid.SpiffeId} becomes valid in {Duration.Describe(early)}.",
                "Set the clock of this machine; it is behind the clock of the SPIFFE server.");
        }

        return svid.ExpiresIn switch
        {
            var left when left <= TimeSpan.Zero => new DiagnosisStep(
                "Validity",
                StepOutcome.Failed,
                $"The SVID of {svid.SpiffeId} expired at {svid.Certificate.ValidUntil:u}.",
                "Look in the agent's log for why it was not renewed, and compare the clocks."),
            var left when left < (svid.Certificate.ValidUntil - svid.Certificate.ValidFrom) * LateShare => new DiagnosisStep(
                "Validity",
                StepOutcome.Warned,
                $"The SVID of {svid.SpiffeId} expires in {Duration.Describe(left)}.",
                "It should have been renewed halfway through its lifetime; look at the agent's log."),
            var left => new DiagnosisStep(
                "Validity", StepOutcome.Passed, $"The SVID of {svid.SpiffeId} is valid for another {Duration.Describe(left)}."),
        };
    }

    private static DiagnosisStep CheckClock(TimeSpan ahead) => ahead.Duration() <= s_clockTolerance
        ? new DiagnosisStep("Clock", StepOutcome.Passed, $"The issuer's clock differs by less than {s_clockTolerance.TotalSeconds} s.")
        : new DiagnosisStep(
            "Clock",
            StepOutcome.Warned,
            $"The issuer's clock is {Duration.Describe(ahead.Duration())} {(ahead > TimeSpan.Zero ? "ahead of" : "behind")} this one.",
            "Synchronise the clocks; tokens and certificates of others may be refused as not yet valid or expired.");

    private async Task ValidateAsync(JwtSvid? token)
    {
        const string Step = "ValidateJWTSVID";
        if (token is null)
        {
            Add(new DiagnosisStep(Step, StepOutcome.Skipped, "There is no token to validate."));
            return;
        }

        await TryAsync(Step, async () =>
        {
            JwtValidation validation =
                await _api.ValidateJwtSvidAsync(token.Token, Audience, _cancellationToken).ConfigureAwait(false);
            return validation.Valid
                ? new DiagnosisStep(Step, StepOutcome.Passed, "The agent accepts a token that it issued.")
                : new DiagnosisStep(
                    Step,
                    StepOutcome.Failed,
                    $"The agent rejects a token that it issued: {validation.Reason}.",
                    "Report this to the agent's operator.");
        }).ConfigureAwait(false);
    }

    private async Task<T?> AskAsync<T>(string step, Func<Task<T>> ask, Func<T, string> describe)
        where T : class
    {
        T? answer = null;
        await TryAsync(step, async () =>
        {
            long start = Stopwatch.GetTimestamp();
            answer = await ask().ConfigureAwait(false);
            double time = Stopwatch.GetElapsedTime(start).TotalMilliseconds;
            return new DiagnosisStep(step, StepOutcome.Passed, $"Answered in {time:0.0} ms: {describe(answer)}.");
        }).ConfigureAwait(false);
        return answer;
    }

    /// <summary>Does a step, unless the way has ended before it.</summary>
    private async Task TryAsync(string step, Func<Task<DiagnosisStep>> run)
    {
        if (_isLost)
        {
            Add(new DiagnosisStep(step, StepOutcome.Skipped, "Not tried, because an earlier step failed."));
            return;
        }

        try
        {
            Add(await run().ConfigureAwait(false));
        }
        catch (SpiffeException exception)
        {
            // A profile that an operator has disabled is not a failure.
            StepOutcome outcome = exception.Reason == SpiffeErrorReason.ProfileNotSupported ? StepOutcome.Warned : StepOutcome.Failed;
            Add(new DiagnosisStep(step, outcome, exception.Message, ErrorTable.Recommend(exception.Reason)), exception.Reason);
        }
        catch (OperationCanceledException)
        {
            Add(
                new DiagnosisStep(
                    step, StepOutcome.Failed, "No answer came in time.", ErrorTable.Recommend(SpiffeErrorReason.Timeout)),
                SpiffeErrorReason.Timeout);
        }
    }

    private void Add(DiagnosisStep step, SpiffeErrorReason? reason = null)
    {
        _steps.Add(step);

        // What one call is refused, the next may get; a way that does not lead there ends for all of them.
        _isLost |= step.Outcome == StepOutcome.Failed && reason
            is null or SpiffeErrorReason.Timeout or SpiffeErrorReason.EndpointUnreachable or SpiffeErrorReason.EndpointNotFound
            or SpiffeErrorReason.EndpointAccessDenied or SpiffeErrorReason.NotSupportedHere;
    }
}
