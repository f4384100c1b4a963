using System.Security.Cryptography.X509Certificates;

namespace Spiffe;

/// <summary>Whether certificates of a path were revoked, as far as the known lists tell (RFC 5280, section 6.3).</summary>
internal static class RevocationRules
{
    private const string Clause = "RFC 5280 6.3";
    private const string Check = "Revocation";

    /// <summary>A list that cannot be relied on refuses; where there is none for a signer that is said, and strict refuses.</summary>
    public static void CheckPath(
        IReadOnlyList<CertificateContent> path,
        IReadOnlyList<X509RevocationList> lists,
        DateTimeOffset at,
        CheckList checks)
    {
        for (int i = 0; i + 1 < path.Count; i++)
        {
            CertificateContent signer = path[i + 1];
            X509RevocationList[] own = [.. lists.Where(list => list.IsIssuedBy(signer))];
            if (own.Length == 0)
            {
                checks.Advise(
                    holds: false, Clause, Check, $"no revocation list of {signer.Describe()}", "a current list of each signer");
            }
            else if (own.Select(list => FindFault(list, path[i], signer, at)).FirstOrDefault(fault => fault is not null) is { } found)
            {
                checks.Require(holds: false, Clause, Check, found, "a current list without the certificate");
            }
            else
            {
                checks.Require(
                    holds: true, Clause, Check, $"not revoked by {signer.Describe()}", "a current list without the certificate");
            }
        }
    }

    private static string? FindFault(
        X509RevocationList list, CertificateContent certificate, CertificateContent signer, DateTimeOffset at)
    {
        if (signer.Extensions.KeyUsage is { } usage && !usage.HasFlag(X509KeyUsageFlags.CrlSign))
        {
            return $"a list of {signer.Describe()}, which may not sign lists";
        }

        if (list.FindSignatureFault(signer) is { } fault)
        {
            return $"a list with {fault}";
        }

        if (list.UnknownCritical is { } oid)
        {
            return $"a list with the critical extension {oid}, which is not known";
        }

        if (!list.IsCurrentAt(at))
        {
            return $"a list that was to be replaced by {list.NextUpdate?.ToUniversalTime():u}";
        }

        return list.FindRevocation(certificate) is { } revokedAt && revokedAt <= at
            ? $"{certificate.Describe()} revoked at {revokedAt:u}"
            : null;
    }
}
