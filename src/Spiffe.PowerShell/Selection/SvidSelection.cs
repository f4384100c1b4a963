namespace Spiffe.Commands;

/// <summary>Which SVIDs a user asked for, by SPIFFE ID and by hint; without either, all of them.</summary>
internal sealed class SvidSelection
{
    private readonly SpiffeId[] _spiffeIds;
    private readonly string[] _hints;

    public SvidSelection(SpiffeId[] spiffeIds, string[] hints)
    {
        _spiffeIds = spiffeIds;
        _hints = hints;
    }

    public bool IsMatch(Svid svid) =>
        (_spiffeIds.Length == 0 || _spiffeIds.Contains(svid.SpiffeId)) &&
        (_hints.Length == 0 || _hints.Contains(svid.Hint, StringComparer.Ordinal));

    /// <summary>The selected ones in the server's order; what has no match is reported, once each.</summary>
    /// <param name="svids">All that there are.</param>
    /// <param name="report">Takes reason, message and the id or hint that has no match.</param>
    public IEnumerable<TSvid> Select<TSvid>(IReadOnlyList<TSvid> svids, Action<SpiffeErrorReason, string, object> report)
        where TSvid : Svid
    {
        Report(svids, report);
        return svids.Where(IsMatch);
    }

    /// <summary>Reports each id and each hint that has no match.</summary>
    public void Report(IReadOnlyList<Svid> svids, Action<SpiffeErrorReason, string, object> report)
    {
        foreach (SpiffeId id in _spiffeIds.Where(id => svids.All(svid => svid.SpiffeId != id)))
        {
            report(
                SpiffeErrorReason.SpiffeIdNotFound,
                $"This process has no SVID for '{id}'. It has: {List(svids.Select(svid => svid.SpiffeId.ToString()))}.",
                id);
        }

        Svid[] candidates = [.. svids.Where(svid => _spiffeIds.Length == 0 || _spiffeIds.Contains(svid.SpiffeId))];
        foreach (string hint in _hints.Where(hint => candidates.Length > 0 && candidates.All(svid => svid.Hint != hint)))
        {
            report(
                SpiffeErrorReason.HintNotFound,
                $"This process has no SVID with the hint {Quoted.Text(hint)}. " +
                $"There are: {List(candidates.Where(svid => svid.Hint.Length > 0).Select(svid => svid.Hint))}.",
                hint);
        }
    }

    private static string List(IEnumerable<string> found)
    {
        string list = string.Join(", ", found.Distinct().Select(text => Quoted.Text(text)));
        return list.Length > 0 ? list : "none";
    }
}
