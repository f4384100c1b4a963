using System.Management.Automation;
using System.Net;
using Spiffe.Tls;

namespace Spiffe.Commands;

[Cmdlet(VerbsLifecycle.Start, "SpiffeTunnel", SupportsShouldProcess = true, DefaultParameterSetName = SpiffeIdSet)]
[OutputType(typeof(Tunnel), typeof(TunnelConnection))]
public sealed class StartSpiffeTunnelCommand : PeerCommand
{
    private const int MaxConnectionLimit = 100_000;

    [Parameter(Mandatory = true, Position = 0)]
    public TunnelMode Mode { get; set; }

    [Parameter(Mandatory = true, Position = 1)]
    [ValidateNotNullOrEmpty]
    [NotAFile]
    public string Listen { get; set; } = string.Empty;

    [Parameter(Mandatory = true, Position = 2)]
    [ValidateNotNullOrEmpty]
    [NotAFile]
    public string Target { get; set; } = string.Empty;

    [Parameter]
    public SwitchParameter AllowRemotePlainText { get; set; }

    [Parameter]
    [UnixMode]
    [ArgumentCompletions("0600", "0660")]
    public string? SocketMode { get; set; }

    [Parameter]
    [ValidateRange(1, MaxConnectionLimit)]
    [NotAFile]
    public int MaxConnections { get; set; } = 1000;

    [Parameter]
    [ValidateRange(1, MaxTimeoutSec)]
    [NotAFile]
    public int ConnectTimeoutSec { get; set; } = 15;

    [Parameter]
    [ValidateRange(0, MaxTimeoutSec)]
    [NotAFile]
    public int IdleTimeoutSec { get; set; }

    [Parameter]
    public SwitchParameter Wait { get; set; }

    protected override void ProcessRecord() => Guard(() =>
    {
        TunnelOptions options = CreateOptions();
        if (!ShouldProcess(Listen, $"Start a tunnel to {Target}"))
        {
            return;
        }

        OpenSession();
        RunningTunnel tunnel = RunningTunnel.Start(options, Rule, FollowContext());
        RunningTunnels.Add(tunnel);
        WriteVerbose($"The tunnel listens at {tunnel.Describe().Listen}.");
        if (Wait)
        {
            WriteConnections(tunnel);
        }
        else
        {
            WriteObject(tunnel.Describe());
        }
    });

    private void WriteConnections(RunningTunnel tunnel)
    {
        try
        {
            foreach (TunnelConnection connection in
                tunnel.ReadConnectionsAsync(PipelineStopToken).ToBlockingEnumerable(PipelineStopToken))
            {
                WriteObject(connection);
            }
        }
        finally
        {
            RunningTunnels.Stop(tunnel);
        }
    }

    private TunnelOptions CreateOptions()
    {
        EndPoint listen = TunnelAddress.ParseListen(Listen);
        EndPoint target = TunnelAddress.ParseTarget(Target);
        (string parameter, EndPoint plain) = Mode == TunnelMode.Client ? ("-Listen", listen) : ("-Target", target);
        if (!AllowRemotePlainText && !TunnelAddress.IsLocal(plain))
        {
            throw new SpiffeException(
                SpiffeErrorReason.RequestInvalid,
                $"{parameter} is the side without TLS, and {Quoted.Text(Mode == TunnelMode.Client ? Listen : Target)} is not of this " +
                "machine alone. Choose a loopback address or a Unix socket, or use -AllowRemotePlainText.");
        }

        TunnelOptions options = new()
        {
            Mode = Mode,
            Listen = listen,
            Target = target,
            MaxConnections = MaxConnections,
            ConnectTimeout = TimeSpan.FromSeconds(ConnectTimeoutSec),
            IdleTimeout = TimeSpan.FromSeconds(IdleTimeoutSec),
            ReportsConnections = Wait,
        };
        return UnixModeAttribute.Parse(SocketMode) is { } mode ? options with { SocketMode = mode } : options;
    }
}
