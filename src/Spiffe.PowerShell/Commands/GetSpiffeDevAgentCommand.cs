using System.Management.Automation;

namespace Spiffe.Commands;

[Cmdlet(VerbsCommon.Get, "SpiffeDevAgent")]
[OutputType(typeof(DevAgent))]
public sealed class GetSpiffeDevAgentCommand : SpiffeCommand
{
    protected override void ProcessRecord() =>
        WriteObject(RunningDevAgents.Find().Select(agent => agent.Describe()), enumerateCollection: true);
}
