using System.Management.Automation;

namespace Spiffe.Commands;

[Cmdlet(VerbsCommon.Get, "SpiffeTunnel")]
[OutputType(typeof(Tunnel))]
public sealed class GetSpiffeTunnelCommand : TunnelCommand
{
    protected override void ProcessRecord() =>
        WriteObject(FindTunnels().Select(tunnel => tunnel.Describe()), enumerateCollection: true);
}
