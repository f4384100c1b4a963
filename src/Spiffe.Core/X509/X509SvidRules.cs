using System.Security.Cryptography.X509Certificates;

namespace Spiffe;

/// <summary>What a certificate must be to identify a workload, apart from who signed it (X509-SVID, sections 2 to 5.2).</summary>
internal static class X509SvidRules
{
    public const X509KeyUsageFlags SignerUsages = X509KeyUsageFlags.KeyCertSign | X509KeyUsageFlags.CrlSign;

    private const string ServerAuth = "1.3.6.1.5.5.7.3.1";
    private const string ClientAuth = "1.3.6.1.5.5.7.3.2";
    private const string AnyExtendedKeyUsage = "2.5.29.37.0";

    /// <summary>Checks a leaf and returns the SPIFFE ID that it carries.</summary>
    /// <exception cref="SpiffeException"><see cref="SpiffeErrorReason.SvidInvalid"/> with the clause that is broken.</exception>
    public static (SpiffeId Id, CertificateContent Content) CheckLeaf(EncodedCertificate leaf)
    {
        CertificateContent? content = leaf.Content;
        if (content is null && !CertificateContent.TryParse(leaf.Der, out content, out string? fault))
        {
            throw new SpiffeException(SpiffeErrorReason.SvidInvalid, $"An X509-SVID is not valid: it is {fault}.");
        }

        CheckList checks = new(isStrict: false);
        SpiffeId? id = CheckIdentity(content, checks);
        CheckUsage(content, checks);
        return checks.FirstFailure is { } failure
            ? throw new SpiffeException(
                SpiffeErrorReason.SvidInvalid,
                $"An X509-SVID is not valid{(id is null ? "" : $", '{id}'")}: {failure}.")
            : (id!, content);
    }

    public static bool IsCertificateAuthority(X509Certificate2 certificate) =>
        CertificateContent.TryParse(certificate, out CertificateContent? content, out _) && content.Extensions.IsAuthority;

    /// <summary>The one URI name, which must be the SPIFFE ID of a workload; null where there is no SPIFFE ID.</summary>
    public static SpiffeId? CheckIdentity(CertificateContent leaf, CheckList checks)
    {
        SpiffeId? id = null;
        string[] uris = [.. leaf.Uris];
        if (checks.Require(
            uris.Length == 1, "X509-SVID 2", "URI names", $"{uris.Length} URI name(s)", "exactly one") &&
            checks.Require(
                SpiffeId.TryParse(uris[0], out id),
                "SPIFFE-ID 2", "SPIFFE ID", Quoted.Text(uris[0]), "spiffe://<trust domain>/<path>, without anything else"))
        {
            checks.Require(
                id!.HasPath, "X509-SVID 5.2", "Path of the SPIFFE ID", id.HasPath ? Quoted.Text(id.Path) : "none", "a path");
        }

        checks.Advise(
            !leaf.HasEmptySubject || leaf.Extensions.IsAlternativeNameCritical,
            "X509-SVID 3.1",
            "Subject alternative name",
            leaf.Extensions.IsAlternativeNameCritical ? "critical" : leaf.HasEmptySubject ? "not critical, no subject" : "with a subject",
            "critical where the subject is empty");
        return id;
    }

    public static void CheckUsage(CertificateContent leaf, CheckList checks)
    {
        checks.Require(
            !leaf.Extensions.IsAuthority, "X509-SVID 4.1", "CA certificate", leaf.Extensions.IsAuthority ? "cA true" : "cA false", "cA false");
        X509KeyUsageFlags? usage = leaf.Extensions.KeyUsage;
        string found = usage?.ToString() ?? "none";
        if (!checks.Require(usage is not null, "X509-SVID 4.3", "Key usage", found, "the extension"))
        {
            return;
        }

        checks.Require(
            leaf.Extensions.IsKeyUsageCritical,
            "X509-SVID 4.3", "Key usage critical", leaf.Extensions.IsKeyUsageCritical ? "critical" : "not critical", "critical");
        checks.Require(
            usage!.Value.HasFlag(X509KeyUsageFlags.DigitalSignature), "X509-SVID 4.3", "Signs for itself", found, "DigitalSignature");
        checks.Require(
            (usage.Value & SignerUsages) == X509KeyUsageFlags.None,
            "X509-SVID 4.3", "Signs no certificates", found, "neither KeyCertSign nor CrlSign");
    }

    /// <summary>Where there is an extended key usage it must name both sides of TLS; the one in use decides.</summary>
    public static void CheckPurpose(CertificateContent leaf, SvidPurpose purpose, CheckList checks)
    {
        const string clause = "X509-SVID 4.4";
        if (leaf.Extensions.ExtendedKeyUsages is not { } usages)
        {
            checks.Require(holds: true, clause, "Extended key usage", "none", "none, or serverAuth and clientAuth");
            return;
        }

        bool any = usages.Contains(AnyExtendedKeyUsage);
        bool server = usages.Contains(ServerAuth);
        bool client = usages.Contains(ClientAuth);
        string found = (server, client, any) switch
        {
            (true, true, _) => "serverAuth, clientAuth",
            (true, false, _) => "serverAuth",
            (false, true, _) => "clientAuth",
            (_, _, true) => "anyExtendedKeyUsage",
            _ => Quoted.Text(string.Join(", ", usages)),
        };
        bool serves = purpose switch
        {
            SvidPurpose.Server => server,
            SvidPurpose.Client => client,
            _ => server || client,
        };
        string expected = purpose switch
        {
            SvidPurpose.Server => "serverAuth",
            SvidPurpose.Client => "clientAuth",
            _ => "serverAuth or clientAuth",
        };
        checks.Require(serves || any, clause, "Extended key usage for the purpose", found, expected);
        checks.Advise(server && client, clause, "Extended key usage", found, "serverAuth and clientAuth");
    }
}
