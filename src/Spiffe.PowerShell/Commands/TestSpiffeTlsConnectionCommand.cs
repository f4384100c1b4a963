using System.Management.Automation;

namespace Spiffe.Commands;

[Cmdlet(VerbsDiagnostic.Test, "SpiffeTlsConnection", DefaultParameterSetName = SpiffeIdSet)]
[OutputType(typeof(bool), typeof(DiagnosisStep))]
public sealed class TestSpiffeTlsConnectionCommand : PeerCommand
{
    [Parameter(Mandatory = true, Position = 0, ValueFromPipeline = true)]
    [Unwrap(nameof(Address), IsText = true)]
    [ValidateNotNullOrEmpty]
    [NotAFile]
    public string Address { get; set; } = string.Empty;

    [Parameter]
    public SwitchParameter NoClientCertificate { get; set; }

    [Parameter]
    public SwitchParameter Detailed { get; set; }

    private protected override bool ShowsNoSvid => NoClientCertificate;

    protected override void ProcessRecord() => Guard(() =>
    {
        using CancellationTokenSource source = CreateTimeout();
        TlsDiagnosis diagnosis = new(GetSession().Source, Rule, source.Token);
        WriteDiagnosis(diagnosis.RunAsync(Address).GetAwaiter().GetResult(), Detailed);
    });
}
