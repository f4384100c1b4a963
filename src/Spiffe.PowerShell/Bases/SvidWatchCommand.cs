using System.Management.Automation;

namespace Spiffe.Commands;

/// <summary>What the cmdlets share that follow SVIDs: which kind, and which of them.</summary>
public abstract class SvidWatchCommand : WorkloadApiCommand
{
    private protected const string SelectedSet = "Selected";
    private protected const string DefaultSet = "Default";

    [Parameter]
    public SvidType Type { get; set; } = SvidType.X509;

    [Parameter]
    [ValidateNotNullOrEmpty]
    [ArgumentCompleter(typeof(AudienceCompleter))]
    public string[] Audience { get; set; } = [];

    [Parameter(Position = 0, ValueFromPipelineByPropertyName = true, ParameterSetName = SelectedSet)]
    [Unwrap(nameof(Svid.SpiffeId))]
    [ArgumentCompleter(typeof(SpiffeIdCompleter))]
    [ValidateNotNullOrEmpty]
    public SpiffeId[]? SpiffeId { get; set; }

    [Parameter(ValueFromPipelineByPropertyName = true, ParameterSetName = SelectedSet)]
    [ArgumentCompleter(typeof(HintCompleter))]
    [ValidateCount(1, int.MaxValue)]
    public string[]? Hint { get; set; }

    [Parameter(Mandatory = true, ParameterSetName = DefaultSet)]
    public SwitchParameter Default { get; set; }

    /// <summary>The one identity to ask for, so that no token is issued for another; null to ask for all.</summary>
    private protected SpiffeId? OnlyId => SpiffeId is [{ } id] ? id : null;

    protected override void BeginProcessing() => Guard(() =>
    {
        if ((Type == SvidType.Jwt) != (Audience.Length > 0))
        {
            throw new SpiffeException(
                SpiffeErrorReason.AudienceMismatch,
                Type == SvidType.Jwt
                    ? "JWT-SVIDs are issued for an audience, and there is none."
                    : "X509-SVIDs have no audience, so -Audience cannot be used.");
        }
    });

    /// <summary>Whether an SVID is one of those that were asked for.</summary>
    private protected Func<Svid, bool> CreateFilter() =>
        Default ? svid => svid.IsDefault : SvidSelection.Create<Svid>(SpiffeId, Hint).IsMatch;
}
