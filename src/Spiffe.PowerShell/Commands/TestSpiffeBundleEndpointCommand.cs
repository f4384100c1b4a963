using System.Management.Automation;
using Spiffe.Tls;

namespace Spiffe.Commands;

[Cmdlet(VerbsDiagnostic.Test, "SpiffeBundleEndpoint")]
[OutputType(typeof(bool), typeof(DiagnosisStep))]
public sealed class TestSpiffeBundleEndpointCommand : BundleEndpointCommand
{
    [Parameter]
    public SwitchParameter Detailed { get; set; }

    protected override void ProcessRecord() => Guard(() => WriteDiagnosis(Diagnose(), Detailed));

    private IReadOnlyList<DiagnosisStep> Diagnose()
    {
        const string Step = "URL";
        BundleEndpoint endpoint;
        try
        {
            endpoint = CreateEndpoint();
        }
        catch (SpiffeException exception) when (exception.Reason == SpiffeErrorReason.BundleEndpointInvalid)
        {
            // Here a bad URL is a finding.
            return [new DiagnosisStep(Step, StepOutcome.Failed, exception.Message, ErrorTable.Recommend(exception.Reason))];
        }

        DiagnosisStep url = new(Step, StepOutcome.Passed, $"{endpoint.Uri}, profile {endpoint.Profile}.");
        BundleEndpointDiagnosis diagnosis = new(endpoint, CreateBundleSource(), PipelineStopToken);
        return [url, .. diagnosis.RunAsync().GetAwaiter().GetResult()];
    }
}
