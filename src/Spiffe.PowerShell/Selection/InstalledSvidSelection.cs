namespace Spiffe.Commands;

/// <summary>Which installed SVIDs a user asked for; without any wish, all of them.</summary>
internal sealed class InstalledSvidSelection
{
    private readonly SpiffeId[] _spiffeIds;
    private readonly string[] _hints;
    private readonly string[] _thumbprints;

    public InstalledSvidSelection(SpiffeId[] spiffeIds, string[] hints, string[] thumbprints)
    {
        _spiffeIds = spiffeIds;
        _hints = hints;
        _thumbprints = thumbprints;
    }

    /// <summary>The selected ones; what has no match is reported, once each.</summary>
    /// <param name="place">Where they are.</param>
    /// <param name="installed">All that the module has there.</param>
    /// <param name="report">Takes reason, message and the id, hint or thumbprint that has no match.</param>
    public IEnumerable<InstalledSvid> Select(
        StorePlace place, IReadOnlyList<InstalledSvid> installed, Action<SpiffeErrorReason, string, object> report)
    {
        Report(_spiffeIds, id => installed.Any(svid => svid.SpiffeId == id), id => $"for '{id}'");
        Report(_hints, hint => installed.Any(svid => svid.Hint == hint), hint => $"with the hint {Quoted.Text(hint)}");
        Report(_thumbprints, text => installed.Any(svid => HasThumbprint(svid, text)), text => $"with the thumbprint {text}");
        return installed.Where(IsMatch);

        void Report<T>(T[] wishes, Func<T, bool> isThere, Func<T, string> describe)
            where T : notnull
        {
            foreach (T wish in wishes.Where(wish => !isThere(wish)))
            {
                report(
                    SpiffeErrorReason.InstalledSvidNotFound,
                    $"This module has put no SVID {describe(wish)} into '{place}'.",
                    wish);
            }
        }
    }

    private bool IsMatch(InstalledSvid svid) =>
        (_spiffeIds.Length == 0 || _spiffeIds.Contains(svid.SpiffeId)) &&
        (_hints.Length == 0 || _hints.Contains(svid.Hint, StringComparer.Ordinal)) &&
        (_thumbprints.Length == 0 || _thumbprints.Any(thumbprint => HasThumbprint(svid, thumbprint)));

    private static bool HasThumbprint(InstalledSvid svid, string thumbprint) =>
        string.Equals(svid.Thumbprint, thumbprint, StringComparison.OrdinalIgnoreCase);
}
