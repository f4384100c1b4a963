using System.Diagnostics;
using System.Management.Automation;

namespace Spiffe.Commands;

/// <summary>What every cmdlet shares that asks the Workload API.</summary>
public abstract class WorkloadApiCommand : SpiffeCommand
{
    // CancellationTokenSource takes no longer delay than some 49 days.
    private protected const int MaxTimeoutSec = 4_000_000;

    private (string? Text, WorkloadApiEndpoint Endpoint)? _resolved;

    [Parameter(ValueFromPipelineByPropertyName = true)]
    [Alias("SocketPath")]
    [ArgumentCompleter(typeof(EndpointCompleter))]
    [ValidateNotNullOrEmpty]
    public string? Endpoint { get; set; }

    [Parameter]
    [ValidateRange(0, MaxTimeoutSec)]
    [NotAFile]
    public int TimeoutSec { get; set; } = 30;

    /// <summary>Where the address comes from.</summary>
    private protected virtual string EndpointOrigin =>
        Endpoint is not null ? "-Endpoint" : "$env:" + WorkloadApiEndpoint.EnvironmentVariable;

    private protected override object? ErrorTarget => Endpoint ?? EndpointFromEnvironment;

    private protected static bool HasEndpointInEnvironment => EndpointFromEnvironment is not null;

    private static string? EndpointFromEnvironment =>
        Environment.GetEnvironmentVariable(WorkloadApiEndpoint.EnvironmentVariable) is { Length: > 0 } value ? value : null;

    /// <summary>Asks once and waits for the answer.</summary>
    /// <param name="what">What is asked for, as messages name it.</param>
    /// <param name="ask">The call; its token ends with the pipeline and with <see cref="TimeoutSec"/>.</param>
    private protected T Ask<T>(string what, Func<IWorkloadApi, CancellationToken, Task<T>> ask)
    {
        WorkloadApiEndpoint endpoint = ResolveEndpoint();
        using CancellationTokenSource source = CreateTimeout();
        long start = Stopwatch.GetTimestamp();
        try
        {
            T answer = ask(WorkloadApiFactory.For(endpoint), source.Token).GetAwaiter().GetResult();
            Remember(answer);
            WriteVerbose($"{what}: answered in {Stopwatch.GetElapsedTime(start).TotalMilliseconds:0.0} ms.");
            return answer;
        }
        catch (SpiffeException exception)
        {
            WriteVerbose($"{what}: {exception.Reason} after {Stopwatch.GetElapsedTime(start).TotalMilliseconds:0.0} ms.");
            throw;
        }
        catch (OperationCanceledException) when (HasTimedOut(source))
        {
            throw TimedOut($"{what}: the agent at {endpoint} did not answer within {TimeoutSec} s.");
        }
    }

    /// <summary>The endpoint to ask: <see cref="Endpoint"/>, else the environment's (Workload Endpoint, section 4).</summary>
    private protected WorkloadApiEndpoint ResolveEndpoint()
    {
        // The pipeline may bring another one with each object.
        if (_resolved is not { } resolved || resolved.Text != Endpoint)
        {
            _resolved = resolved = (Endpoint, ReadEndpoint());
        }

        return resolved.Endpoint;
    }

    /// <summary>Keeps the names in an answer for completion, which asks no agent.</summary>
    private protected void Remember(object? answer) => SeenNames.At(ResolveEndpoint().ToString()).Note(answer);

    /// <summary>Ends with the pipeline, and after <see cref="TimeoutSec"/> unless that is 0.</summary>
    private protected CancellationTokenSource CreateTimeout()
    {
        CancellationTokenSource source = CancellationTokenSource.CreateLinkedTokenSource(PipelineStopToken);
        if (TimeoutSec > 0)
        {
            source.CancelAfter(TimeSpan.FromSeconds(TimeoutSec));
        }

        return source;
    }

    private protected bool HasTimedOut(CancellationTokenSource timeout) =>
        timeout.IsCancellationRequested && !PipelineStopToken.IsCancellationRequested;

    private protected static SpiffeException TimedOut(string message) => new(SpiffeErrorReason.Timeout, message);

    private WorkloadApiEndpoint ReadEndpoint()
    {
        string? text = Endpoint ?? EndpointFromEnvironment;
        if (text is null)
        {
            throw new SpiffeException(
                SpiffeErrorReason.EndpointNotConfigured,
                $"No Workload API endpoint is given: there is no -Endpoint, and {EndpointOrigin} is not set.");
        }

        try
        {
            WorkloadApiEndpoint endpoint = Endpoint is not null
                ? ReadEndpoint(text)
                : WorkloadApiEndpoint.Parse(text);
            WriteVerbose($"The Workload API is at {endpoint}, from {EndpointOrigin}.");
            if (!endpoint.IsLocal)
            {
                WriteWarning(
                    $"The Workload API at {endpoint} is not on this machine: it cannot know which process asks, and keys " +
                    "and tokens travel unencrypted.");
            }

            return endpoint;
        }
        catch (SpiffeException exception)
        {
            throw new SpiffeException(exception.Reason, $"{exception.Message} It comes from {EndpointOrigin}.", exception);
        }
    }
}
