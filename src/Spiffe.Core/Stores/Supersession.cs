using System.Security.Cryptography.X509Certificates;

namespace Spiffe;

/// <summary>Which certificate takes the place of which: the newer one that was issued for the same identity and hint.</summary>
/// <remarks>
/// By the times in the certificates before those of installation, so that processes that install into one store agree, also
/// where one of them lags behind.
/// </remarks>
internal static class Supersession
{
    /// <summary>Tells each one since when it is superseded, if it is.</summary>
    public static void Mark(IReadOnlyCollection<InstalledSvid> installed)
    {
        foreach (InstalledSvid svid in installed)
        {
            DateTimeOffset[] successors =
            [
                .. installed
                    .Where(other => other.SpiffeId == svid.SpiffeId && other.Hint == svid.Hint &&
                        Compare(other.Certificate, other.Record.InstalledAt, svid) > 0)
                    .Select(other => other.Record.InstalledAt),
            ];
            svid.Superseded = successors.Length == 0 ? null : Later(successors.Min(), svid.Record.InstalledAt);
        }
    }

    /// <summary>What may go once <paramref name="current"/> is in use.</summary>
    /// <param name="installed">All that the module has in the store.</param>
    /// <param name="current">The SVID in use now.</param>
    /// <param name="installedAt">When it was installed.</param>
    /// <param name="gracePeriod">How long a superseded one stays.</param>
    public static IEnumerable<InstalledSvid> FindRemovable(
        IEnumerable<InstalledSvid> installed, X509Svid current, DateTimeOffset installedAt, TimeSpan gracePeriod) =>
        installed.Where(svid =>
            svid.SpiffeId == current.SpiffeId &&
            svid.Thumbprint != current.Thumbprint &&
            Compare(current.Certificate, installedAt, svid) > 0 &&
            (IsExpired(svid) || (svid.Hint == current.Hint && IsPastGrace(svid, installedAt, gracePeriod))));

    /// <summary>Whether one was issued after the other, as far as their times tell.</summary>
    public static bool IsNewer(X509Certificate2 one, X509Certificate2 other) => Compare(one, other) > 0;

    /// <summary>An expired one is of no use, whatever its hint.</summary>
    public static bool IsExpired(InstalledSvid svid) => svid.Certificate.ValidUntil < DateTimeOffset.UtcNow;

    /// <summary>Certificates count in seconds: of two of one second, the one installed later is the newer one.</summary>
    public static int Compare(X509Certificate2 certificate, DateTimeOffset installedAt, InstalledSvid other)
    {
        int order = Compare(certificate, other.Certificate);
        return order != 0 ? order : installedAt.CompareTo(other.Record.InstalledAt);
    }

    private static int Compare(X509Certificate2 one, X509Certificate2 other) =>
        (one.ValidFrom, one.ValidUntil).CompareTo((other.ValidFrom, other.ValidUntil));

    private static bool IsPastGrace(InstalledSvid svid, DateTimeOffset successorInstalledAt, TimeSpan gracePeriod) =>
        DateTimeOffset.UtcNow - (svid.Superseded ?? Later(successorInstalledAt, svid.Record.InstalledAt)) >= gracePeriod;

    private static DateTimeOffset Later(DateTimeOffset one, DateTimeOffset other) => one > other ? one : other;
}
