using System.Management.Automation;

namespace Spiffe.Commands;

/// <summary>What the cmdlets share that do something to agents which run already.</summary>
public abstract class RunningDevAgentCommand : DevAgentCommand
{
    /// <summary>The agents' processes; without it, every agent that this PowerShell process started.</summary>
    [Parameter(Position = 0, ValueFromPipelineByPropertyName = true)]
    [ArgumentCompleter(typeof(DevAgentCompleter))]
    [ValidateNotNull]
    public int[]? ProcessId { get; set; }

    /// <summary>The agents that are meant; one that does not run is an error that ends nothing.</summary>
    /// <param name="running">All that run.</param>
    private protected IEnumerable<DevAgentProcess> Select(DevAgentProcess[] running) => new Selection<DevAgentProcess>()
        .By(ProcessId, agent => agent.Id, (id, _) => new SpiffeException(
            SpiffeErrorReason.DevAgentNotFound, $"No development agent of this session runs as process {id}."))
        .Select(running, WriteError);
}
