using System.Management.Automation;

namespace Spiffe.Commands;

[Cmdlet(VerbsCommon.Get, "SpiffeDevAgent")]
[OutputType(typeof(DevAgent))]
public sealed class GetSpiffeDevAgentCommand : SpiffeCommand
{
    protected override void ProcessRecord() =>
        WriteObject(DevAgentProcess.Running.Select(agent => agent.Agent), enumerateCollection: true);
}
