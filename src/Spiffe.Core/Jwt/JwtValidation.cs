namespace Spiffe;

/// <summary>What became of the validation of a JWT-SVID.</summary>
public sealed class JwtValidation
{
    private static readonly IReadOnlyDictionary<string, object?> s_noClaims =
        new Dictionary<string, object?>().AsReadOnly();

    private JwtValidation(
        SpiffeId? spiffeId,
        IReadOnlyDictionary<string, object?> claims,
        string? failedCheck,
        string? reason,
        string validatedBy)
    {
        SpiffeId = spiffeId;
        Claims = claims;
        FailedCheck = failedCheck;
        Reason = reason;
        ValidatedBy = validatedBy;
    }

    /// <summary>Whether the token is genuine, not expired, and meant for the audience.</summary>
    public bool Valid => SpiffeId is not null;

    /// <summary>The identity that the token proves; null for an invalid one.</summary>
    public SpiffeId? SpiffeId { get; }

    /// <summary>The trust domain of <see cref="SpiffeId"/>, which the claims belong to; null for an invalid one.</summary>
    public TrustDomain? TrustDomain => SpiffeId?.TrustDomain;

    /// <summary>The token's claims as the validator gave them; empty for an invalid token.</summary>
    public IReadOnlyDictionary<string, object?> Claims { get; }

    /// <summary>Standard and section of the rule that the token breaks; null for a valid one.</summary>
    public string? FailedCheck { get; }

    /// <summary>Why the token is invalid; null for a valid one.</summary>
    public string? Reason { get; }

    /// <summary>
    /// Who decided: <c>Agent</c> for the Workload API, <c>Bundle</c> for this process, <c>Client</c> where the token was
    /// refused before anybody was asked.
    /// </summary>
    public string ValidatedBy { get; }

    /// <summary>The token proves <paramref name="spiffeId"/>.</summary>
    public static JwtValidation Accepted(
        SpiffeId spiffeId, IReadOnlyDictionary<string, object?> claims, string validatedBy) =>
        new(spiffeId, claims, failedCheck: null, reason: null, validatedBy);

    /// <summary>The token proves nothing.</summary>
    public static JwtValidation Refused(string failedCheck, string reason, string validatedBy) =>
        new(spiffeId: null, s_noClaims, failedCheck, reason, validatedBy);
}
