namespace Spiffe.Commands;

/// <summary>Which SVIDs of this process a user asked for, by SPIFFE ID and by hint.</summary>
internal static class SvidSelection
{
    public static Selection<TSvid> Create<TSvid>(SpiffeId[]? spiffeIds, string[]? hints)
        where TSvid : Svid =>
        new Selection<TSvid>()
            .By(spiffeIds, svid => svid.SpiffeId, (id, svids) => new SpiffeException(
                SpiffeErrorReason.SpiffeIdNotFound,
                $"This process has no SVID for '{id}'. It has: {List(svids.Select(svid => svid.SpiffeId.ToString()))}."))
            .By(hints, svid => svid.Hint, (hint, svids) => new SpiffeException(
                SpiffeErrorReason.HintNotFound,
                $"This process has no SVID with the hint {Quoted.Text(hint)}. " +
                $"Its hints: {List(svids.Where(svid => svid.Hint.Length > 0).Select(svid => svid.Hint))}."));

    private static string List(IEnumerable<string> found)
    {
        string list = string.Join(", ", found.Distinct().Select(text => Quoted.Text(text)));
        return list.Length > 0 ? list : "none";
    }
}
