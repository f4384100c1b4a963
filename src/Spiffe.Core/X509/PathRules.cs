using System.Security.Cryptography.X509Certificates;

namespace Spiffe;

/// <summary>What a path must be whose signatures verify (RFC 5280, section 6.1; X509-SVID, sections 3 and 4).</summary>
internal static class PathRules
{
    /// <param name="path">The leaf first, an authority last.</param>
    /// <param name="id">The leaf's SPIFFE ID.</param>
    /// <param name="at">The instant to verify for.</param>
    /// <param name="checks">Takes the results.</param>
    public static void Check(IReadOnlyList<CertificateContent> path, SpiffeId id, DateTimeOffset at, CheckList checks)
    {
        CertificateContent[] signers = [.. path.Skip(1)];
        CertificateContent authority = path[^1];
        checks.Require(
            holds: true, "RFC 5280 6.1", "Path to an authority", $"{path.Count - 1} signature(s) up to {authority.Describe()}",
            $"a path to an authority of '{id.TrustDomain}'");
        CheckEach(checks, "RFC 5280 4.1.2.5", "Validity of the signers", "all valid", $"valid at {at:u}", signers,
            signer => signer.IsValidAt(at) ? null : $"valid from {signer.NotBefore:u} to {signer.NotAfter:u}");
        CheckEach(checks, "X509-SVID 4.1", "Signers are CAs", "cA true", "cA true", signers,
            signer => signer.Extensions.IsAuthority ? null : "cA false");
        CheckEach(checks, "X509-SVID 4.3", "Key usage of the signers", "KeyCertSign", "KeyCertSign in a critical key usage", signers,
            signer => FindUsageFault(signer, isAuthority: signer == authority));
        checks.Advise(
            authority.Extensions.KeyUsage is not null && authority.Extensions.IsKeyUsageCritical,
            "X509-SVID 4.3", "Key usage of the authority",
            authority.Extensions.KeyUsage is null ? "none" : authority.Extensions.IsKeyUsageCritical ? "critical" : "not critical",
            "a critical key usage");
        CheckEach(checks, "X509-SVID 3.2", "SPIFFE IDs of the signers", "none, or one without a path", "none, or one without a path", signers,
            signer => FindIdentityFault(signer, isAuthority: signer == authority));
        CheckForeignSigners(signers, id, checks);
        CheckPathLength(path, checks);
        CheckNameConstraints(path, checks);
        CheckEach(checks, "RFC 5280 4.2", "Critical extensions", "all known", "all known", path,
            certificate => certificate.Extensions.UnknownCritical);
    }

    private static void CheckEach(
        CheckList checks,
        string clause,
        string check,
        string good,
        string expected,
        IEnumerable<CertificateContent> certificates,
        Func<CertificateContent, string?> findFault)
    {
        foreach (CertificateContent certificate in certificates)
        {
            if (findFault(certificate) is { } fault)
            {
                checks.Require(holds: false, clause, check, $"{fault} in {certificate.Describe()}", expected);
                return;
            }
        }

        checks.Require(holds: true, clause, check, good, expected);
    }

    /// <summary>What a peer sends must be a signing certificate to the letter; what an operator made an authority may lack the extension.</summary>
    private static string? FindUsageFault(CertificateContent signer, bool isAuthority) => signer.Extensions.KeyUsage switch
    {
        null => isAuthority ? null : "no key usage",
        { } usage when !usage.HasFlag(X509KeyUsageFlags.KeyCertSign) => usage.ToString(),
        _ => isAuthority || signer.Extensions.IsKeyUsageCritical ? null : "a key usage that is not critical",
    };

    private static string? FindIdentityFault(CertificateContent signer, bool isAuthority)
    {
        string[] uris = [.. signer.Uris];
        string? own = Array.Find(uris, uri => uri.StartsWith("spiffe:", StringComparison.OrdinalIgnoreCase));
        if (own is null)
        {
            return null;
        }

        // Authorities as in the example of Trust Domain and Bundle, appendix A, end with a slash and mean no path.
        own = isAuthority ? own.TrimEnd('/') : own;
        return uris.Length > 1 ? $"{uris.Length} URI names"
            : !SpiffeId.TryParse(own, out SpiffeId? id) || id.HasPath ? Quoted.Text(own)
            : null;
    }

    /// <summary>A signer may issue signers for other trust domains (X509-SVID, section 3.2): worth a word, no reason to refuse.</summary>
    private static void CheckForeignSigners(IEnumerable<CertificateContent> signers, SpiffeId id, CheckList checks)
    {
        string? foreign = signers.SelectMany(signer => signer.Uris)
            .FirstOrDefault(uri => SpiffeId.TryParse(uri, out SpiffeId? signer) && !signer.IsMemberOf(id.TrustDomain));
        checks.Warn(
            foreign is null, "X509-SVID 3.2", "Trust domain of the signers",
            foreign is null ? $"none but '{id.TrustDomain}'" : Quoted.Text(foreign), $"'{id.TrustDomain}'");
    }

    private static void CheckPathLength(IReadOnlyList<CertificateContent> path, CheckList checks)
    {
        int below = 0;
        foreach (CertificateContent signer in path.Skip(1))
        {
            if (signer.Extensions.PathLength is { } limit && below > limit)
            {
                checks.Require(
                    holds: false, "RFC 5280 4.2.1.9", "Path length",
                    $"{below} intermediate(s) below {signer.Describe()}", $"at most {limit}");
                return;
            }

            below += signer.IsSelfIssued ? 0 : 1;
        }

        checks.Require(holds: true, "RFC 5280 4.2.1.9", "Path length", "within all limits", "within all limits");
    }

    private static void CheckNameConstraints(IReadOnlyList<CertificateContent> path, CheckList checks)
    {
        for (int i = 1; i < path.Count; i++)
        {
            // Self-issued intermediates are exempt, a leaf is not (RFC 5280, section 6.1.3).
            if (path[i].Extensions.NameConstraints is { } constraints &&
                path.Take(i).Where((certificate, position) => position == 0 || !certificate.IsSelfIssued)
                    .Select(constraints.FindBreach).FirstOrDefault(breach => breach is not null) is { } fault)
            {
                checks.Require(
                    holds: false, "RFC 5280 4.2.1.10", "Name constraints", fault, $"what {path[i].Describe()} permits");
                return;
            }
        }

        checks.Require(holds: true, "RFC 5280 4.2.1.10", "Name constraints", "all names permitted", "all names permitted");
    }
}
