using System.Security.Cryptography.X509Certificates;

namespace Spiffe.Commands;

/// <summary>Checks a bundle that was fetched for a federation.</summary>
internal static class BundleChecks
{
    private static readonly TimeSpan s_shortestHint = TimeSpan.FromSeconds(30);
    private static readonly TimeSpan s_longestHint = TimeSpan.FromDays(1);

    /// <param name="bundle">What was fetched.</param>
    /// <param name="known">An earlier bundle of the same trust domain; null where there is none.</param>
    public static IEnumerable<DiagnosisStep> Run(SpiffeBundle bundle, SpiffeBundle? known) =>
        [CheckTrustDomain(bundle), CheckKeys(bundle), CheckSequence(bundle, known), CheckHint(bundle)];

    /// <summary>A document does not name its trust domain, but its authorities may.</summary>
    private static DiagnosisStep CheckTrustDomain(SpiffeBundle bundle)
    {
        const string Step = "TrustDomain";
        TrustDomain[] named = [.. bundle.X509Authorities.Select(FindTrustDomain).OfType<TrustDomain>().Distinct()];
        return named.FirstOrDefault(other => other != bundle.TrustDomain) is { } foreign
            ? new DiagnosisStep(
                Step,
                StepOutcome.Warned,
                $"An authority names the trust domain '{foreign}', and the bundle is taken for that of '{bundle.TrustDomain}'.",
                "Ask the other side whether this bundle belongs to the trust domain that you named.")
            : new DiagnosisStep(
                Step,
                StepOutcome.Passed,
                named.Length > 0 ? $"The authorities name '{bundle.TrustDomain}'." : "No authority names a trust domain, and the document cannot.");
    }

    private static TrustDomain? FindTrustDomain(X509Certificate2 authority)
    {
        try
        {
            return X509Svid.ReadSpiffeId(authority).TrustDomain;
        }
        catch (SpiffeException)
        {
            // An authority need not name any.
            return null;
        }
    }

    private static DiagnosisStep CheckKeys(SpiffeBundle bundle)
    {
        const string Step = "Keys";
        int usable = bundle.X509Authorities.Count(authority =>
            X509SvidRules.IsCertificateAuthority(authority) && authority.ValidUntil > DateTimeOffset.UtcNow);
        int useless = bundle.X509Authorities.Count - usable;
        string finding = $"{usable} X.509 and {bundle.JwtAuthorities.Count} JWT authorities can be used";
        return (usable + bundle.JwtAuthorities.Count, useless) switch
        {
            (0, _) => new DiagnosisStep(
                Step, StepOutcome.Failed, $"{finding}: no SVID of '{bundle.TrustDomain}' can be trusted.", "Ask the other side whether it means to withdraw all keys."),
            (_, > 0) => new DiagnosisStep(
                Step, StepOutcome.Warned, $"{finding}; {useless} X.509 have expired or are not a CA.", "Ask the other side to remove what cannot be used."),
            _ => new DiagnosisStep(Step, StepOutcome.Passed, finding + "."),
        };
    }

    private static DiagnosisStep CheckSequence(SpiffeBundle bundle, SpiffeBundle? known)
    {
        const string Step = "Sequence";
        return bundle.SequenceNumber is not { } number
            ? new DiagnosisStep(
                Step,
                StepOutcome.Warned,
                "There is no sequence number: the bundle fetched last is used.",
                "The server should number its bundles, so that an old one cannot replace a new one.")
            : number < known?.SequenceNumber
                ? new DiagnosisStep(
                    Step,
                    StepOutcome.Failed,
                    $"The number is {number}, and the bundle that was given has {known.SequenceNumber}.",
                    "The endpoint serves an older bundle than is known; a cache may be in between.")
                : new DiagnosisStep(Step, StepOutcome.Passed, $"The number is {number}.");
    }

    private static DiagnosisStep CheckHint(SpiffeBundle bundle)
    {
        const string Step = "RefreshHint";
        return bundle.RefreshHint switch
        {
            null => new DiagnosisStep(Step, StepOutcome.Warned, "There is none: followers fetch it every 5 minutes.", "The server should say how often to fetch the bundle."),
            { } hint when hint < s_shortestHint => new DiagnosisStep(
                Step, StepOutcome.Warned, $"{hint.TotalSeconds:0} s: followers fetch it every 30 s.", "Watch-SpiffeFederatedBundle -IntervalSec asks more often."),
            { } hint when hint > s_longestHint => new DiagnosisStep(
                Step, StepOutcome.Warned, $"{hint.TotalDays:0.#} days: followers fetch it every 24 hours.", "A key that is withdrawn stays trusted for as long."),
            { } hint => new DiagnosisStep(Step, StepOutcome.Passed, $"{hint.TotalSeconds:0} s."),
        };
    }
}
