using System.Management.Automation;

namespace Spiffe.Commands;

[Cmdlet(VerbsLifecycle.Stop, "SpiffeDevAgent", SupportsShouldProcess = true)]
public sealed class StopSpiffeDevAgentCommand : RunningDevAgentCommand
{
    protected override void ProcessRecord() => Guard(() =>
    {
        foreach (DevAgentProcess agent in FindAgents())
        {
            if (ShouldProcess(agent.Endpoint, "Stop the development agent"))
            {
                RunningDevAgents.Stop(agent);
            }
        }
    });
}
