using System.Management.Automation;
using Spiffe.Tls;

namespace Spiffe.Commands;

/// <summary>What the cmdlets share that have to do with tunnels which run already.</summary>
public abstract class TunnelCommand : SpiffeCommand
{
    [Parameter(Position = 0, ValueFromPipelineByPropertyName = true)]
    [ValidateNotNull]
    [ArgumentCompleter(typeof(TunnelCompleter))]
    public int[]? Id { get; set; }

    /// <summary>The tunnels that are meant; one that does not run is an error that ends nothing.</summary>
    private protected IEnumerable<RunningTunnel> FindTunnels() => new Selection<RunningTunnel>()
        .By(Id, tunnel => tunnel.Id, (id, _) => new SpiffeException(
            SpiffeErrorReason.TunnelNotFound, $"No tunnel of this PowerShell process has the number {id}."))
        .Select(RunningTunnels.Find(), WriteError);
}
