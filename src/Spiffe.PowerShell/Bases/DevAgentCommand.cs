namespace Spiffe.Commands;

/// <summary>What the cmdlets share that make or change a development agent.</summary>
public abstract class DevAgentCommand : SpiffeCommand
{
    private static readonly TimeSpan s_patience = TimeSpan.FromSeconds(30);

    /// <summary>Waits for the agent, until the pipeline is stopped or patience ends.</summary>
    private protected T Wait<T>(Func<CancellationToken, Task<T>> ask, SpiffeErrorReason reason, string whoSaidNothing)
    {
        using CancellationTokenSource source = CancellationTokenSource.CreateLinkedTokenSource(PipelineStopToken);
        source.CancelAfter(s_patience);
        try
        {
            return ask(source.Token).GetAwaiter().GetResult();
        }
        catch (OperationCanceledException) when (!PipelineStopToken.IsCancellationRequested)
        {
            throw new SpiffeException(reason, $"{whoSaidNothing} said nothing for {s_patience.TotalSeconds} s.");
        }
    }
}
