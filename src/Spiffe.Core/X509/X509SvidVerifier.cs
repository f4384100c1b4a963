using System.Security.Cryptography.X509Certificates;

namespace Spiffe;

/// <summary>Verifies X509-SVIDs against bundles (X509-SVID, section 5; RFC 5280, section 6.1).</summary>
/// <remarks>
/// The platform's chain engine has no part in it: its stores, downloads and tolerances differ between systems. Authorities
/// are those of the bundle of the SVID's own trust domain, byte for byte; nothing else is trusted.
/// </remarks>
public static class X509SvidVerifier
{
    /// <summary>Verifies a certificate with the intermediates that came with it.</summary>
    /// <param name="certificate">The leaf.</param>
    /// <param name="chain">Intermediates in any order; they build paths and are not trusted.</param>
    /// <param name="bundles">The bundles that may be used; only the one of the leaf's trust domain is.</param>
    /// <param name="options">Purpose, instant and strictness; null for the defaults.</param>
    public static X509SvidVerification Verify(
        X509Certificate2 certificate,
        IEnumerable<X509Certificate2> chain,
        IEnumerable<SpiffeBundle> bundles,
        X509SvidVerificationOptions? options = null)
    {
        ArgumentNullException.ThrowIfNull(certificate);
        ArgumentNullException.ThrowIfNull(chain);
        ArgumentNullException.ThrowIfNull(bundles);
        options ??= new X509SvidVerificationOptions();
        DateTimeOffset at = options.At ?? DateTimeOffset.UtcNow;
        CheckList checks = new(options.IsStrict);
        if (!CertificateContent.TryParse(certificate, out CertificateContent? leaf, out string? fault))
        {
            return Refuse(checks, fault, "one certificate in DER", $"certificate {certificate.Thumbprint}");
        }

        List<CertificateContent> intermediates = [];
        foreach (X509Certificate2 intermediate in chain)
        {
            if (!CertificateContent.TryParse(intermediate, out CertificateContent? content, out fault))
            {
                return Refuse(checks, fault, "intermediates in DER", leaf.Describe());
            }

            intermediates.Add(content);
        }

        SpiffeId? id = X509SvidRules.CheckIdentity(leaf, checks);
        X509SvidRules.CheckUsage(leaf, checks);
        X509SvidRules.CheckPurpose(leaf, options.Purpose, checks);
        checks.Require(
            leaf.IsValidAt(at), "RFC 5280 4.1.2.5", "Validity", $"{leaf.NotBefore:u} to {leaf.NotAfter:u}", $"valid at {at:u}");
        if (id is not null)
        {
            CheckTrust(leaf, id, intermediates, bundles, options, at, checks);
        }

        return new X509SvidVerification(id, checks, id?.ToString() ?? leaf.Describe());
    }

    /// <summary>Verifies an SVID that the Workload API issued, with its own chain and, unless others are given, its own bundles.</summary>
    public static X509SvidVerification Verify(
        X509Svid svid, IEnumerable<SpiffeBundle>? bundles = null, X509SvidVerificationOptions? options = null)
    {
        ArgumentNullException.ThrowIfNull(svid);
        options ??= new X509SvidVerificationOptions();
        return Verify(
            svid.Certificate,
            svid.Chain,
            bundles ?? svid.FederatedBundles.Prepend(svid.Bundle),
            options with { RevocationLists = [.. options.RevocationLists, .. svid.RevocationLists] });
    }

    /// <summary>The verdict on what could not even be read as certificates.</summary>
    internal static X509SvidVerification Refuse(string found, string expected, string target) =>
        Refuse(new CheckList(isStrict: false), found, expected, target);

    private static X509SvidVerification Refuse(CheckList checks, string found, string expected, string target)
    {
        checks.Require(holds: false, "RFC 5280 4.1", "Certificate", found, expected);
        return new X509SvidVerification(spiffeId: null, checks, target);
    }

    private static void CheckTrust(
        CertificateContent leaf,
        SpiffeId id,
        List<CertificateContent> intermediates,
        IEnumerable<SpiffeBundle> bundles,
        X509SvidVerificationOptions options,
        DateTimeOffset at,
        CheckList checks)
    {
        SpiffeBundle[] given = [.. bundles];
        SpiffeBundle[] own = [.. given.Where(bundle => bundle.TrustDomain == id.TrustDomain)];
        if (!checks.Require(
            own.Length > 0, "Trust Domain and Bundle 3", "Bundle of the trust domain",
            own.Length > 0 ? $"'{id.TrustDomain}'" : DescribeNames(given), $"a bundle of '{id.TrustDomain}'"))
        {
            return;
        }

        CertificateContent[] authorities = [.. own.SelectMany(bundle => bundle.X509AuthorityContents)];
        if (!checks.Require(
            authorities.Length > 0, "X509-SVID 6.2", "X.509 authorities", $"{authorities.Length}", "at least one"))
        {
            return;
        }

        if (FindPath(leaf, id, new PathBuilder(intermediates, authorities), at, checks) is { } path && options.ChecksRevocation)
        {
            RevocationRules.CheckPath(
                path, [.. options.RevocationLists.Concat(own.SelectMany(bundle => bundle.RevocationLists)).Distinct()], at, checks);
        }
    }

    /// <summary>The first path that follows all rules; without one, the faults of the first path found.</summary>
    private static IReadOnlyList<CertificateContent>? FindPath(
        CertificateContent leaf, SpiffeId id, PathBuilder builder, DateTimeOffset at, CheckList checks)
    {
        (IReadOnlyList<CertificateContent> Path, CheckList Checks)? first = null;
        foreach (IReadOnlyList<CertificateContent> path in builder.FindPaths(leaf))
        {
            CheckList part = checks.CreatePart();
            PathRules.Check(path, id, at, part);
            if (part.FirstFailure is null)
            {
                checks.AddRange(part);
                return path;
            }

            first ??= (path, part);
        }

        if (first is not { } best)
        {
            checks.Require(
                holds: false, "RFC 5280 6.1", "Path to an authority", builder.Finding, $"a path to an authority of '{id.TrustDomain}'");
            return null;
        }

        checks.AddRange(best.Checks);
        return best.Path;
    }

    private static string DescribeNames(SpiffeBundle[] bundles) => bundles.Length == 0
        ? "no bundle"
        : string.Join(", ", bundles.Select(bundle => $"'{bundle.TrustDomain}'"));
}
