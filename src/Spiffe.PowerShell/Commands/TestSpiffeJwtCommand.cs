using System.Management.Automation;

namespace Spiffe.Commands;

[Cmdlet(VerbsDiagnostic.Test, "SpiffeJwt")]
[OutputType(typeof(bool), typeof(JwtValidation))]
public sealed class TestSpiffeJwtCommand : WorkloadApiCommand
{
    [Parameter(Mandatory = true, Position = 0, ValueFromPipeline = true, ValueFromPipelineByPropertyName = true)]
    [PlainText]
    [ValidateNotNullOrEmpty]
    public string Token { get; set; } = string.Empty;

    [Parameter(Mandatory = true, Position = 1)]
    [ValidateNotNullOrEmpty]
    public string Audience { get; set; } = string.Empty;

    [Parameter]
    public SwitchParameter Detailed { get; set; }

    protected override void ProcessRecord() => Guard(() =>
    {
        JwtValidation validation =
            Ask("Validation", (api, token) => api.ValidateJwtSvidAsync(Token, Audience, token));
        if (!validation.Valid)
        {
            WriteVerbose($"The token is not valid: {validation.Reason} ({validation.FailedCheck}).");
        }

        WriteObject(Detailed ? validation : validation.Valid);
    });
}
