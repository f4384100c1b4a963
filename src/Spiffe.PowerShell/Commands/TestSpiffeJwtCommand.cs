using System.Management.Automation;

namespace Spiffe.Commands;

[Cmdlet(VerbsDiagnostic.Test, "SpiffeJwt", DefaultParameterSetName = AgentSet)]
[OutputType(typeof(bool), typeof(JwtValidation))]
public sealed class TestSpiffeJwtCommand : WorkloadApiCommand
{
    private const string AgentSet = "Agent";
    private const string BundleSet = "Bundle";
    private const int DefaultClockSkewSec = 60;
    private const int MaxClockSkewSec = 120;

    [Parameter(Mandatory = true, Position = 0, ValueFromPipeline = true, ValueFromPipelineByPropertyName = true)]
    [Unwrap(nameof(JwtSvid.Token), IsText = true)]
    [ValidateNotNullOrEmpty]
    [NotAFile]
    public string Token { get; set; } = string.Empty;

    [Parameter(Mandatory = true, Position = 1)]
    [ValidateNotNullOrEmpty]
    [ArgumentCompleter(typeof(AudienceCompleter))]
    public string Audience { get; set; } = string.Empty;

    [Parameter(Mandatory = true, ParameterSetName = BundleSet)]
    [Live]
    [ValidateNotNull]
    [AllowEmptyCollection]
    [NotAFile]
    public SpiffeBundle[] Bundle { get; set; } = [];

    [Parameter(ParameterSetName = BundleSet)]
    [ValidateRange(0, MaxClockSkewSec)]
    [NotAFile]
    public int ClockSkewSec { get; set; } = DefaultClockSkewSec;

    [Parameter]
    [Unwrap(nameof(Svid.SpiffeId))]
    [ArgumentCompleter(typeof(SpiffeIdCompleter))]
    [ValidateNotNull]
    [AllowEmptyCollection]
    public SpiffeId[]? AllowSpiffeId { get; set; }

    [Parameter]
    [Unwrap(nameof(Svid.TrustDomain))]
    [ArgumentCompleter(typeof(TrustDomainCompleter))]
    [ValidateNotNull]
    [AllowEmptyCollection]
    public TrustDomain[]? AllowTrustDomain { get; set; }

    [Parameter]
    public SwitchParameter Detailed { get; set; }

    protected override void ProcessRecord() => Guard(() =>
    {
        JwtValidation validation = ParameterSetName == BundleSet
            ? Verify()
            : Ask("Validation", (api, token) => api.ValidateJwtSvidAsync(Token, Audience, token));
        if (validation.SpiffeId is { } id && new AllowedIdentities(AllowSpiffeId, AllowTrustDomain).Check(id) is { Result: CheckResult.Failed } check)
        {
            validation = validation.Refuse(check);
        }

        if (!validation.Valid)
        {
            WriteVerbose($"The token is not valid: {validation.Reason} ({validation.FailedCheck}).");
        }

        WriteObject(Detailed ? validation : validation.Valid);
    });

    private JwtValidation Verify()
    {
        TimeSpan clockSkew = TimeSpan.FromSeconds(ClockSkewSec);
        return Detailed
            ? JwtSvidValidator.Explain(Token, Audience, Bundle, DateTimeOffset.UtcNow, clockSkew)
            : JwtSvidValidator.Validate(Token, Audience, Bundle, DateTimeOffset.UtcNow, clockSkew);
    }
}
