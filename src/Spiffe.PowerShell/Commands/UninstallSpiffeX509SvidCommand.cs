using System.Management.Automation;

namespace Spiffe.Commands;

[Cmdlet(VerbsLifecycle.Uninstall, "SpiffeX509Svid", SupportsShouldProcess = true, DefaultParameterSetName = ThumbprintSet)]
[OutputType(typeof(InstalledSvid))]
public sealed class UninstallSpiffeX509SvidCommand : StoreCommand
{
    private const string SelectedSet = "Selected";
    private const string ThumbprintSet = "Thumbprint";
    private const string InstalledSet = "Installed";

    [Parameter(Mandatory = true, Position = 0, ParameterSetName = SelectedSet)]
    [Unwrap(nameof(Svid.SpiffeId))]
    [ArgumentCompleter(typeof(InstalledIdCompleter))]
    [ValidateNotNull]
    public SpiffeId[]? SpiffeId { get; set; }

    [Parameter(ParameterSetName = SelectedSet)]
    [ArgumentCompleter(typeof(InstalledHintCompleter))]
    [ValidateNotNullOrEmpty]
    public string[]? Hint { get; set; }

    [Parameter(Mandatory = true, ValueFromPipelineByPropertyName = true, ParameterSetName = ThumbprintSet)]
    [ArgumentCompleter(typeof(InstalledThumbprintCompleter))]
    [Thumbprint]
    public string[]? Thumbprint { get; set; }

    [Parameter(Mandatory = true, ValueFromPipeline = true, ParameterSetName = InstalledSet)]
    [ValidateNotNull]
    [NotAFile]
    public InstalledSvid[] InstalledSvid { get; set; } = [];

    [Parameter]
    public SwitchParameter PassThru { get; set; }

    protected override void ProcessRecord() => Guard(() =>
    {
        IEnumerable<InstalledSvid> svids = ParameterSetName == InstalledSet
            ? InstalledSvid
            : SelectInstalled(SpiffeId, Hint, Thumbprint);
        foreach (InstalledSvid svid in svids)
        {
            Try(svid, () => Remove(svid));
        }
    });

    private void Remove(InstalledSvid svid)
    {
        if (!ShouldProcess(svid.Store, $"Remove the certificate {svid.Thumbprint} of {svid} with its key"))
        {
            return;
        }

        if (!OpenStore(svid.Place).Remove(svid, PipelineStopToken))
        {
            throw new SpiffeException(
                SpiffeErrorReason.InstalledSvidNotFound,
                $"The certificate {svid.Thumbprint} of this module is no longer in '{svid.Store}'.");
        }

        if (PassThru)
        {
            WriteObject(svid);
        }
    }
}
