using System.Management.Automation;

namespace Spiffe.Commands;

[Cmdlet(VerbsLifecycle.Stop, "SpiffeDevAgent", SupportsShouldProcess = true)]
public sealed class StopSpiffeDevAgentCommand : RunningDevAgentCommand
{
    protected override void ProcessRecord() => Guard(() =>
    {
        DevAgentProcess[] running = RunningDevAgents.Find();
        if (ProcessId is null && running.Length == 0)
        {
            // What was asked for is so: no error, since scripts stop agents to clean up.
            WriteWarning("No development agent of this session is running; nothing was stopped.");
        }

        foreach (DevAgentProcess agent in Select(running))
        {
            if (ShouldProcess(agent.Endpoint, "Stop the development agent"))
            {
                RunningDevAgents.Stop(agent);
            }
        }
    });
}
