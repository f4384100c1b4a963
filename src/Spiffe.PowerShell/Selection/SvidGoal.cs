namespace Spiffe.Commands;

/// <summary>What is waited for: certain identities, or any; a renewed one, or whatever is there.</summary>
internal sealed class SvidGoal
{
    private readonly SpiffeId[] _spiffeIds;
    private readonly string[] _hints;
    private readonly string? _superseded;
    private readonly string _kind;
    private readonly Func<Svid, bool> _isMatch;
    private (SpiffeId Id, string Hint)? _renewed;

    /// <param name="spiffeIds">The identities, all of which must be there; null means that any will do.</param>
    /// <param name="hints">The hints, likewise.</param>
    /// <param name="superseded">The thumbprint of the SVID whose renewal to wait for; null to accept any.</param>
    /// <param name="kind">What kind of SVID, as a message names it.</param>
    /// <param name="isMatch">Whether an SVID is one of those.</param>
    public SvidGoal(SpiffeId[]? spiffeIds, string[]? hints, string? superseded, string kind, Func<Svid, bool> isMatch)
    {
        _spiffeIds = spiffeIds ?? [];
        _hints = hints ?? [];
        _superseded = superseded;
        _kind = kind;
        _isMatch = isMatch;
    }

    /// <summary>The SVIDs, once all that was asked for is there; null until then.</summary>
    /// <exception cref="SpiffeException">
    /// <see cref="SpiffeErrorReason.SpiffeIdNotFound"/>: a thumbprint alone, which no SVID has, names no identity.
    /// </exception>
    public IReadOnlyList<Svid>? Find(IReadOnlyList<Svid> svids)
    {
        if (_superseded is not null && svids.FirstOrDefault(IsSuperseded) is { } old)
        {
            // Of several identities, this is the one whose renewal counts.
            _renewed = (old.SpiffeId, old.Hint);
            return null;
        }

        if (_superseded is not null && _renewed is null && _spiffeIds.Length + _hints.Length == 0)
        {
            throw new SpiffeException(
                SpiffeErrorReason.SpiffeIdNotFound,
                $"No SVID of this process has the thumbprint {_superseded}, so its SPIFFE ID is not known. Use -SpiffeId as well. " +
                $"It has: {string.Join(", ", svids.Select(svid => $"'{svid.SpiffeId}'"))}.");
        }

        Svid[] found = [.. svids.Where(svid => _isMatch(svid) && IsRenewed(svid))];
        bool isComplete = found.Length > 0 &&
            _spiffeIds.All(id => found.Any(svid => svid.SpiffeId == id)) &&
            _hints.All(hint => found.Any(svid => svid.Hint == hint));
        return isComplete ? found : null;
    }

    /// <summary>What is there, in words for who still waits.</summary>
    public string Explain(IReadOnlyList<Svid> svids) => _superseded is not null && svids.Any(IsSuperseded)
        ? $"The SVID {_superseded} has not been renewed yet."
        : $"There are SVIDs for {string.Join(", ", svids.Select(svid => svid.SpiffeId))}.";

    /// <summary>What is waited for, as a message names it.</summary>
    public override string ToString()
    {
        string what = _superseded is not null ? $"the renewal of {_superseded}" : _kind;
        string ids = _spiffeIds.Length > 0 ? $" of {string.Join(", ", _spiffeIds.Select(id => id.ToString()))}" : string.Empty;
        string hints = _hints.Any(hint => hint.Length > 0) ? $" with the hint {string.Join(", ", _hints.Select(hint => Quoted.Text(hint)))}" : string.Empty;
        return what + ids + hints;
    }

    private bool IsSuperseded(Svid svid) =>
        svid is X509Svid x509 && string.Equals(x509.Thumbprint, _superseded, StringComparison.OrdinalIgnoreCase);

    private bool IsRenewed(Svid svid) => _renewed is not { } renewed || renewed == (svid.SpiffeId, svid.Hint);
}
