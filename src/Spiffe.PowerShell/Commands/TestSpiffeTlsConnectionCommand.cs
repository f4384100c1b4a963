using System.Management.Automation;

namespace Spiffe.Commands;

[Cmdlet(VerbsDiagnostic.Test, "SpiffeTlsConnection", DefaultParameterSetName = SpiffeIdSet)]
[OutputType(typeof(bool), typeof(DiagnosisStep))]
public sealed class TestSpiffeTlsConnectionCommand : PeerCommand
{
    [Parameter(Mandatory = true, Position = 0, ValueFromPipeline = true)]
    [ValidateNotNullOrEmpty]
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
        IReadOnlyList<DiagnosisStep> steps = diagnosis.RunAsync(Address).GetAwaiter().GetResult();
        PipelineStopToken.ThrowIfCancellationRequested();
        foreach (DiagnosisStep step in steps.Where(step => !Detailed && step.Outcome != StepOutcome.Passed))
        {
            WriteVerbose($"{step} {step.Advice}".TrimEnd());
        }

        if (Detailed)
        {
            WriteObject(steps, enumerateCollection: true);
        }
        else
        {
            WriteObject(steps.All(step => step.Outcome is StepOutcome.Passed or StepOutcome.Warned));
        }
    });
}
