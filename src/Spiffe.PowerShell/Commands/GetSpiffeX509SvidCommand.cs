using System.Management.Automation;
using System.Security.Cryptography.X509Certificates;

namespace Spiffe.Commands;

[Cmdlet(VerbsCommon.Get, "SpiffeX509Svid", DefaultParameterSetName = SelectedSet)]
[OutputType(typeof(X509Svid), typeof(X509Certificate2))]
public sealed class GetSpiffeX509SvidCommand : WorkloadApiCommand
{
    private const string SelectedSet = "Selected";
    private const string DefaultSet = "Default";

    public GetSpiffeX509SvidCommand() => WorkloadApiFactory.Prepare();

    [Parameter(Position = 0, ParameterSetName = SelectedSet)]
    [Unwrap(nameof(Svid.SpiffeId))]
    [ArgumentCompleter(typeof(SpiffeIdCompleter))]
    [ValidateNotNull]
    public SpiffeId[]? SpiffeId { get; set; }

    [Parameter(ParameterSetName = SelectedSet)]
    [ArgumentCompleter(typeof(HintCompleter))]
    [ValidateNotNullOrEmpty]
    public string[]? Hint { get; set; }

    [Parameter(Mandatory = true, ParameterSetName = DefaultSet)]
    public SwitchParameter Default { get; set; }

    [Parameter]
    public SwitchParameter AsCertificate { get; set; }

    protected override void ProcessRecord() => Guard(() =>
    {
        IReadOnlyList<X509Svid> svids = Ask("X509-SVIDs", (api, token) => api.FetchX509SvidsAsync(token));
        IEnumerable<X509Svid> selected = Default
            ? svids.Take(1)
            : SvidSelection.Create<X509Svid>(SpiffeId, Hint).Select(svids, WriteError);
        foreach (X509Svid svid in selected)
        {
            WriteObject(AsCertificate ? svid.Certificate : svid);
        }
    });
}
