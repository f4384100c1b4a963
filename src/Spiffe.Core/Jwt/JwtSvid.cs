using System.Collections.ObjectModel;

namespace Spiffe;

/// <summary>A JWT-SVID that the Workload API issued to this process (JWT-SVID; Workload API, section 6.2.1).</summary>
public sealed class JwtSvid : Svid, IEquatable<JwtSvid>
{
    private readonly JwtClaims _claims;

    private JwtSvid(JwtClaims claims, string hint, bool isDefault, string token)
        : base(claims.Subject, hint, isDefault)
    {
        _claims = claims;
        Token = token;
    }

    /// <summary>Whom the token is for; a receiver accepts it if it finds its own name here.</summary>
    public ReadOnlyCollection<string> Audience => _claims.Audience;

    /// <summary>The instant at which the token was issued, in local time; null where it does not say.</summary>
    public DateTime? IssuedAt => _claims.IssuedAt?.LocalDateTime;

    /// <summary>All claims by name, the registered ones included.</summary>
    public IReadOnlyDictionary<string, object?> Claims => _claims.All;

    /// <summary><see cref="Claims"/> as views show them: JSON without control characters.</summary>
    public string DisplayClaims => Quoted.Json(Claims);

    /// <summary>The token itself, a bearer secret. No view shows it and no message contains it.</summary>
    public string Token { get; }

    internal override DateTimeOffset Expiry => _claims.ExpiresAt;

    /// <summary>Reads a JWT-SVID as the Workload API sends it. The signature is the agent's word and is not verified here.</summary>
    /// <param name="spiffeId">The ID in the message; it must be the token's subject.</param>
    /// <param name="hint">The hint in the message, or an empty string.</param>
    /// <param name="isDefault">Whether it is the first one of its message.</param>
    /// <param name="token">The token in compact form.</param>
    /// <param name="audience">What was asked for; the token must carry all of it.</param>
    /// <exception cref="SpiffeException"><see cref="SpiffeErrorReason.SvidInvalid"/></exception>
    public static JwtSvid FromToken(
        SpiffeId spiffeId, string hint, bool isDefault, string token, IReadOnlyCollection<string> audience)
    {
        ArgumentNullException.ThrowIfNull(spiffeId);
        ArgumentNullException.ThrowIfNull(token);
        ArgumentNullException.ThrowIfNull(audience);
        CheckList checks = new(isStrict: false, isBrief: true);
        if (JsonWebToken.Parse(token, checks) is not { } parsed)
        {
            throw Invalid(spiffeId, checks.FirstFailure!.Reason, checks.FirstFailure.Clause);
        }

        if (parsed.Claims.Subject != spiffeId)
        {
            throw Invalid(spiffeId, $"the token's subject is '{parsed.Claims.Subject}'", "SPIFFE-ID 3.2");
        }

        if (audience.Except(parsed.Claims.Audience, StringComparer.Ordinal).FirstOrDefault() is { } missing)
        {
            throw Invalid(spiffeId, $"the token lacks the audience {Quoted.Text(missing)}", "Workload API 6.2.1");
        }

        return new JwtSvid(parsed.Claims, hint, isDefault, token);
    }

    /// <summary>Whether both are the same token with the same hint.</summary>
    public bool Equals(JwtSvid? other) => other is not null && IsSameDocument(other) && IsDefault == other.IsDefault;

    /// <inheritdoc/>
    public override bool Equals(object? obj) => Equals(obj as JwtSvid);

    /// <inheritdoc/>
    public override int GetHashCode() => HashCode.Combine(SpiffeId, Hint, Token);

    /// <inheritdoc/>
    public override SpiffeRecord ToRecord() => new()
    {
        { "SpiffeId", SpiffeId.Text },
        { "TrustDomain", TrustDomain.Name },
        { "Hint", Hint },
        { "IsDefault", IsDefault },
        { "Audience", Audience },
        { "IssuedAt", IssuedAt },
        { "ExpiresAt", ExpiresAt },
        { "Claims", Claims },
    };

    internal override bool IsSameDocument(Svid other) =>
        other is JwtSvid svid && SpiffeId == svid.SpiffeId && Hint == svid.Hint && Token == svid.Token;

    private static SpiffeException Invalid(SpiffeId spiffeId, string fault, string check) => new(
        SpiffeErrorReason.SvidInvalid, $"The JWT-SVID of '{spiffeId}' is not valid: {fault} ({check}).");
}
