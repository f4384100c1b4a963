using System.Collections.ObjectModel;

namespace Spiffe;

/// <summary>What became of the validation of a JWT-SVID.</summary>
public sealed class JwtValidation
{
    private static readonly IReadOnlyDictionary<string, object?> s_noClaims =
        new Dictionary<string, object?>().AsReadOnly();

    private readonly JwtClaims? _read;
    private readonly IReadOnlyDictionary<string, object?> _claims;

    private JwtValidation(
        SpiffeId? spiffeId,
        JwtClaims? read,
        IReadOnlyDictionary<string, object?> claims,
        string? failedCheck,
        string? reason,
        string validatedBy,
        ReadOnlyCollection<VerificationCheck> checks)
    {
        SpiffeId = spiffeId;
        _read = read;
        _claims = claims;
        FailedCheck = failedCheck;
        Reason = reason;
        ValidatedBy = validatedBy;
        Checks = checks;
    }

    /// <summary>Whether the token is genuine, not expired, and meant for the audience.</summary>
    public bool Valid => SpiffeId is not null;

    /// <summary>The identity that the token proves; null for an invalid one.</summary>
    public SpiffeId? SpiffeId { get; }

    /// <summary>The trust domain of <see cref="SpiffeId"/>, which the claims belong to; null for an invalid one.</summary>
    public TrustDomain? TrustDomain => SpiffeId?.TrustDomain;

    /// <summary>The token's claims as the validator returned them; empty for an invalid token.</summary>
    public IReadOnlyDictionary<string, object?> Claims => _read?.All ?? _claims;

    /// <summary><see cref="Claims"/> as views show them: JSON without control characters.</summary>
    public string DisplayClaims => Quoted.Json(Claims);

    /// <summary>Standard and section of the rule that the token breaks; null for a valid one.</summary>
    public string? FailedCheck { get; }

    /// <summary>Why the token is invalid; null for a valid one.</summary>
    public string? Reason { get; }

    /// <summary>
    /// Who decided: <c>Agent</c> for the Workload API, <c>Bundle</c> for this process, <c>Client</c> where the token was
    /// refused before the agent was asked.
    /// </summary>
    public string ValidatedBy { get; }

    /// <summary>
    /// The rules that were looked at; an agent's verdict is one. Without <see cref="JwtSvidValidator.Explain"/> those alone
    /// that do not hold.
    /// </summary>
    public ReadOnlyCollection<VerificationCheck> Checks { get; }

    /// <summary><see cref="Checks"/> as views show them, one a line.</summary>
    public string DisplayChecks => string.Join('\n', Checks.Select(check => $"{check.Result}: {check.Check}: {check.Finding}"));

    /// <summary>The token proves <paramref name="spiffeId"/>.</summary>
    public static JwtValidation Accepted(
        SpiffeId spiffeId, IReadOnlyDictionary<string, object?> claims, string validatedBy)
    {
        VerificationCheck verdict = new("Workload API 6.2.3", "Verdict", CheckResult.Passed, "accepted", "accepted");
        return new(spiffeId, read: null, claims, failedCheck: null, reason: null, validatedBy, WithTarget([verdict], spiffeId));
    }

    /// <summary>The token proves nothing.</summary>
    public static JwtValidation Refused(string failedCheck, string reason, string validatedBy)
    {
        VerificationCheck verdict = new(failedCheck, "Verdict", CheckResult.Failed, reason, "accepted");
        return new(spiffeId: null, read: null, s_noClaims, failedCheck, reason, validatedBy, WithTarget([verdict], target: null));
    }

    /// <summary>The outcome as plain values.</summary>
    public SpiffeRecord ToRecord() => new()
    {
        { "Valid", Valid },
        { "SpiffeId", SpiffeId?.Text },
        { "TrustDomain", TrustDomain?.Name },
        { "Claims", Claims },
        { "FailedCheck", FailedCheck },
        { "Reason", Reason },
        { "ValidatedBy", ValidatedBy },
        { "Checks", Checks.Select(check => check.ToRecord()).ToArray() },
    };

    internal static JwtValidation Accepted(JwtClaims claims, string validatedBy, ReadOnlyCollection<VerificationCheck> checks) => new(
        claims.Subject, claims, s_noClaims, failedCheck: null, reason: null, validatedBy, WithTarget(checks, claims.Subject));

    /// <summary>The same, refused for one more rule.</summary>
    internal JwtValidation Refuse(VerificationCheck check) => new(
        spiffeId: null, read: null, s_noClaims, check.Clause, check.Reason, ValidatedBy, WithTarget([.. Checks, check], SpiffeId));

    /// <param name="checks">At least one does not hold.</param>
    /// <param name="subject">Whom the token names, true or not; null if it names no one.</param>
    /// <param name="validatedBy">Who decided.</param>
    internal static JwtValidation Refused(CheckList checks, SpiffeId? subject, string validatedBy) => new(
        spiffeId: null,
        read: null,
        s_noClaims,
        checks.FirstFailure!.Clause,
        checks.FirstFailure.Reason,
        validatedBy,
        WithTarget(checks.Checks, subject));

    private static ReadOnlyCollection<VerificationCheck> WithTarget(ReadOnlyCollection<VerificationCheck> checks, SpiffeId? target)
    {
        foreach (VerificationCheck check in checks)
        {
            check.Target = target is null ? "a token" : $"a token of {target}";
        }

        return checks;
    }
}
