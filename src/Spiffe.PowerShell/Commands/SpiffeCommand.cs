using System.Management.Automation;

namespace Spiffe.Commands;

/// <summary>What every cmdlet of the module shares: exceptions of the library become error records.</summary>
public abstract class SpiffeCommand : PSCmdlet
{
    /// <summary>What an error record names as its target where nothing better is known.</summary>
    private protected virtual object? ErrorTarget => null;

    private protected void Guard(Action action)
    {
        try
        {
            action();
        }
        catch (SpiffeException exception)
        {
            ThrowTerminatingError(ErrorTable.CreateRecord(exception, ErrorTarget));
        }
        catch (OperationCanceledException) when (PipelineStopToken.IsCancellationRequested)
        {
            throw new PipelineStoppedException();
        }
    }

    private protected void WriteError(SpiffeErrorReason reason, string message, object? target) =>
        WriteError(ErrorTable.CreateRecord(new SpiffeException(reason, message), target));
}
