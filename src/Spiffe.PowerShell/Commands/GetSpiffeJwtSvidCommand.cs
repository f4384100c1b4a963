using System.Management.Automation;
using System.Security;

namespace Spiffe.Commands;

[Cmdlet(VerbsCommon.Get, "SpiffeJwtSvid", DefaultParameterSetName = ObjectSet)]
[OutputType(typeof(JwtSvid), ParameterSetName = [ObjectSet])]
[OutputType(typeof(string), ParameterSetName = [PlainTextSet])]
[OutputType(typeof(SecureString), ParameterSetName = [SecureStringSet])]
public sealed class GetSpiffeJwtSvidCommand : WorkloadApiCommand
{
    private const string ObjectSet = "Object";
    private const string PlainTextSet = "PlainText";
    private const string SecureStringSet = "SecureString";

    [Parameter(Mandatory = true, Position = 0)]
    [ValidateNotNullOrEmpty]
    public string[] Audience { get; set; } = [];

    [Parameter(Position = 1)]
    [ArgumentCompleter(typeof(SpiffeIdCompleter))]
    public SpiffeId[] SpiffeId { get; set; } = [];

    [Parameter]
    [ArgumentCompleter(typeof(HintCompleter))]
    [ValidateNotNullOrEmpty]
    public string[] Hint { get; set; } = [];

    [Parameter(Mandatory = true, ParameterSetName = PlainTextSet)]
    public SwitchParameter AsPlainText { get; set; }

    [Parameter(Mandatory = true, ParameterSetName = SecureStringSet)]
    public SwitchParameter AsSecureString { get; set; }

    protected override void ProcessRecord() => Guard(() =>
    {
        if (Audience.Length > 1)
        {
            WriteWarning("A token for several audiences can be replayed by each of them to the others; ask for one token each.");
        }

        foreach (JwtSvid svid in new SvidSelection(SpiffeId, Hint).Select(Fetch(), WriteError))
        {
            WriteObject(AsPlainText ? svid.Token : AsSecureString ? ToSecureString(svid.Token) : svid);
        }
    });

    /// <summary>Asks for one identity where one was named, so that no token is issued that nobody wants.</summary>
    private IReadOnlyList<JwtSvid> Fetch()
    {
        if (SpiffeId.Length != 1)
        {
            return Fetch(spiffeId: null);
        }

        try
        {
            return Fetch(SpiffeId[0]);
        }
        catch (SpiffeException exception) when (exception.Reason == SpiffeErrorReason.NoIdentityIssued)
        {
            // Not this identity, or none at all? The answer for all of them tells.
            return Fetch(spiffeId: null);
        }
    }

    private IReadOnlyList<JwtSvid> Fetch(SpiffeId? spiffeId) =>
        Ask("JWT-SVIDs", (api, token) => api.FetchJwtSvidsAsync(Audience, spiffeId, token));

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
