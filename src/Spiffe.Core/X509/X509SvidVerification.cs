using System.Collections.ObjectModel;

namespace Spiffe;

/// <summary>What became of the verification of an X509-SVID.</summary>
public sealed class X509SvidVerification
{
    internal X509SvidVerification(SpiffeId? spiffeId, CheckList checks, string target)
    {
        Checks = checks.Checks;
        FirstFailure = checks.FirstFailure;
        SpiffeId = FirstFailure is null ? spiffeId : null;
        foreach (VerificationCheck check in Checks)
        {
            check.Target = target;
        }
    }

    /// <summary>Whether the certificate identifies a workload of a trust domain whose bundle was given.</summary>
    public bool Valid => SpiffeId is not null;

    /// <summary>The identity that the certificate proves; null for an invalid one.</summary>
    public SpiffeId? SpiffeId { get; }

    /// <summary>Every rule that was looked at; those of a path only where there is one.</summary>
    public ReadOnlyCollection<VerificationCheck> Checks { get; }

    /// <summary>The first rule that does not hold; null for a valid one.</summary>
    public VerificationCheck? FirstFailure { get; }
}
