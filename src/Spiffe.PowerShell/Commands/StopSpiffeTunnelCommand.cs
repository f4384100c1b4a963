using System.Management.Automation;
using Spiffe.Tls;

namespace Spiffe.Commands;

[Cmdlet(VerbsLifecycle.Stop, "SpiffeTunnel", SupportsShouldProcess = true)]
public sealed class StopSpiffeTunnelCommand : TunnelCommand
{
    protected override void ProcessRecord() => Guard(() =>
    {
        foreach (RunningTunnel tunnel in FindTunnels())
        {
            if (ShouldProcess(tunnel.Describe().Listen, "Stop the tunnel and end its connections"))
            {
                RunningTunnels.Stop(tunnel);
            }
        }
    });
}
