using System.Management.Automation;

namespace Spiffe.Commands;

[Cmdlet(VerbsCommon.Get, "SpiffeInstalledSvid")]
[OutputType(typeof(InstalledSvid))]
public sealed class GetSpiffeInstalledSvidCommand : StoreCommand
{
    [Parameter(Position = 0)]
    [Unwrap(nameof(Svid.SpiffeId))]
    [ArgumentCompleter(typeof(InstalledIdCompleter))]
    [ValidateNotNull]
    public SpiffeId[]? SpiffeId { get; set; }

    [Parameter]
    [ArgumentCompleter(typeof(InstalledHintCompleter))]
    [ValidateNotNullOrEmpty]
    public string[]? Hint { get; set; }

    [Parameter(ValueFromPipelineByPropertyName = true)]
    [ArgumentCompleter(typeof(InstalledThumbprintCompleter))]
    [Thumbprint]
    public string[]? Thumbprint { get; set; }

    protected override void ProcessRecord() =>
        Guard(() => WriteObject(SelectInstalled(SpiffeId, Hint, Thumbprint), enumerateCollection: true));
}
