using System.Management.Automation;
using System.Security;

namespace Spiffe.Commands;

[Cmdlet(VerbsCommon.Get, "SpiffeJwtSvid", DefaultParameterSetName = ObjectSet)]
[OutputType(typeof(JwtSvid), ParameterSetName = [ObjectSet, DefaultObjectSet])]
[OutputType(typeof(string), ParameterSetName = [PlainTextSet, DefaultPlainTextSet])]
[OutputType(typeof(SecureString), ParameterSetName = [SecureStringSet, DefaultSecureStringSet])]
public sealed class GetSpiffeJwtSvidCommand : WorkloadApiCommand
{
    private const string ObjectSet = "Object";
    private const string PlainTextSet = "PlainText";
    private const string SecureStringSet = "SecureString";
    private const string DefaultObjectSet = "DefaultObject";
    private const string DefaultPlainTextSet = "DefaultPlainText";
    private const string DefaultSecureStringSet = "DefaultSecureString";

    public GetSpiffeJwtSvidCommand() => WorkloadApiFactory.Prepare();

    [Parameter(Mandatory = true, Position = 0)]
    [ValidateNotNullOrEmpty]
    [ArgumentCompleter(typeof(AudienceCompleter))]
    public string[] Audience { get; set; } = [];

    [Parameter(Position = 1, ParameterSetName = ObjectSet)]
    [Parameter(Position = 1, ParameterSetName = PlainTextSet)]
    [Parameter(Position = 1, ParameterSetName = SecureStringSet)]
    [Unwrap(nameof(Svid.SpiffeId))]
    [ArgumentCompleter(typeof(SpiffeIdCompleter))]
    [ValidateNotNull]
    public SpiffeId[]? SpiffeId { get; set; }

    [Parameter(ParameterSetName = ObjectSet)]
    [Parameter(ParameterSetName = PlainTextSet)]
    [Parameter(ParameterSetName = SecureStringSet)]
    [ArgumentCompleter(typeof(HintCompleter))]
    [ValidateNotNullOrEmpty]
    public string[]? Hint { get; set; }

    [Parameter(Mandatory = true, ParameterSetName = DefaultObjectSet)]
    [Parameter(Mandatory = true, ParameterSetName = DefaultPlainTextSet)]
    [Parameter(Mandatory = true, ParameterSetName = DefaultSecureStringSet)]
    public SwitchParameter Default { get; set; }

    [Parameter(Mandatory = true, ParameterSetName = PlainTextSet)]
    [Parameter(Mandatory = true, ParameterSetName = DefaultPlainTextSet)]
    public SwitchParameter AsPlainText { get; set; }

    [Parameter(Mandatory = true, ParameterSetName = SecureStringSet)]
    [Parameter(Mandatory = true, ParameterSetName = DefaultSecureStringSet)]
    public SwitchParameter AsSecureString { get; set; }

    protected override void ProcessRecord() => Guard(() =>
    {
        if (Audience.Length > 1)
        {
            WriteWarning("A token for several audiences can be replayed by each of them to the others; ask for one token each.");
        }

        IReadOnlyList<JwtSvid> svids = Fetch();
        IEnumerable<JwtSvid> selected = Default
            ? svids.Take(1)
            : SvidSelection.Create<JwtSvid>(SpiffeId, Hint).Select(svids, WriteError);
        foreach (JwtSvid svid in selected)
        {
            WriteObject(AsPlainText ? svid.Token : AsSecureString ? ToSecureString(svid.Token) : svid);
        }
    });

    /// <summary>Asks for one identity if one was named, so that no unneeded token is issued.</summary>
    private IReadOnlyList<JwtSvid> Fetch() => SpiffeId is [] ? [] : Ask("JWT-SVIDs", async (api, token) =>
    {
        SpiffeId? only = SpiffeId is [{ } id] ? id : null;
        try
        {
            return await api.FetchJwtSvidsAsync(Audience, only, token).ConfigureAwait(false);
        }
        catch (SpiffeException exception)
            when (only is not null && exception.Reason == SpiffeErrorReason.NoIdentityIssued)
        {
            // Not this identity, or none at all? The answer for all of them tells.
            return await api.FetchJwtSvidsAsync(Audience, spiffeId: null, token).ConfigureAwait(false);
        }
    });

    private static SecureString ToSecureString(string token)
    {
        SecureString secure = new();
        foreach (char c in token)
        {
            secure.AppendChar(c);
        }

        secure.MakeReadOnly();
        return secure;
    }
}
