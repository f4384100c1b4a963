using System.Management.Automation;

namespace Spiffe.Commands;

[Cmdlet(VerbsLifecycle.Stop, "SpiffeDevAgent", SupportsShouldProcess = true)]
public sealed class StopSpiffeDevAgentCommand : SpiffeCommand
{
    /// <summary>The agents' processes; without it, every agent that this PowerShell process started.</summary>
    [Parameter(Position = 0, ValueFromPipelineByPropertyName = true)]
    [ValidateNotNull]
    public int[] ProcessId { get; set; } = [];

    protected override void ProcessRecord() => Guard(() =>
    {
        DevAgentProcess[] running = [.. DevAgentProcess.Running];
        foreach (int id in ProcessId.Where(id => running.All(agent => agent.Agent.ProcessId != id)))
        {
            WriteError(
                SpiffeErrorReason.DevAgentNotFound, $"No development agent of this session runs as process {id}.", id);
        }

        foreach (DevAgentProcess agent in running)
        {
            if ((ProcessId.Length == 0 || ProcessId.Contains(agent.Agent.ProcessId)) &&
                ShouldProcess(agent.Agent.Endpoint, "Stop the development agent"))
            {
                agent.Dispose();
            }
        }
    });
}
