using System.Management.Automation;

namespace Spiffe.Commands;

[Cmdlet(VerbsDiagnostic.Test, "SpiffeWorkloadApi")]
[OutputType(typeof(bool), typeof(DiagnosisStep))]
public sealed class TestSpiffeWorkloadApiCommand : WorkloadApiCommand
{
    [Parameter]
    public SwitchParameter Detailed { get; set; }

    protected override void ProcessRecord() => Guard(() => WriteDiagnosis(Diagnose(), Detailed));

    private IReadOnlyList<DiagnosisStep> Diagnose()
    {
        const string Step = "Address";
        WorkloadApiEndpoint endpoint;
        try
        {
            endpoint = ResolveEndpoint();
        }
        catch (SpiffeException exception)
        {
            // Here a bad address is a finding.
            return [new DiagnosisStep(Step, StepOutcome.Failed, exception.Message, ErrorTable.Recommend(exception.Reason))];
        }

        using CancellationTokenSource source = CreateTimeout();
        DiagnosisStep address = new(Step, StepOutcome.Passed, $"{endpoint}, from {EndpointOrigin}.");
        WorkloadApiDiagnosis diagnosis = new(endpoint, WorkloadApiFactory.For(endpoint), source.Token);
        return [address, .. diagnosis.RunAsync(InvokeProvider.Item).GetAwaiter().GetResult()];
    }
}
