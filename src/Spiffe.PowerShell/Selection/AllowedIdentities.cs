namespace Spiffe.Commands;

/// <summary>Whom -AllowSpiffeId and -AllowTrustDomain let through, where an identity is verified anyway.</summary>
/// <param name="SpiffeIds">The identities; null where the user did not say.</param>
/// <param name="TrustDomains">Those whose every workload is let through; null likewise.</param>
internal sealed record AllowedIdentities(SpiffeId[]? SpiffeIds, TrustDomain[]? TrustDomains)
{
    /// <summary>Whether an identity is on one of the lists; null where there is no list.</summary>
    public VerificationCheck? Check(SpiffeId id)
    {
        if (SpiffeIds is null && TrustDomains is null)
        {
            return null;
        }

        bool isAllowed = SpiffeIds?.Contains(id) == true || TrustDomains?.Contains(id.TrustDomain) == true;
        return new VerificationCheck(
            "Authorisation", "Allowed identity", isAllowed ? CheckResult.Passed : CheckResult.Failed, $"'{id}'", ToString())
        {
            Target = id.ToString(),
        };
    }

    public override string ToString()
    {
        string[] allowed =
        [
            .. (SpiffeIds ?? []).Select(id => $"'{id}'"),
            .. (TrustDomains ?? []).Select(domain => $"a workload of '{domain}'"),
        ];
        return allowed.Length == 0 ? "no identity" : string.Join(" or ", allowed);
    }
}
