namespace Spiffe;

/// <summary>Verifies JWT-SVIDs against bundles, without asking an agent (JWT-SVID, section 4).</summary>
public static class JwtSvidValidator
{
    private const string ByBundle = "Bundle";

    /// <summary>The clock skew that is tolerated where the caller does not say otherwise.</summary>
    public static readonly TimeSpan DefaultClockSkew = TimeSpan.FromSeconds(60);

    /// <summary>Verifies signature, times and audience of a token.</summary>
    /// <param name="token">The token in compact form.</param>
    /// <param name="audience">The receiver's own name.</param>
    /// <param name="bundles">The bundles that may be used; only the one of the subject's trust domain is.</param>
    /// <param name="now">The instant to verify for.</param>
    /// <param name="clockSkew">How much the issuer's clock may differ, for <c>exp</c> and for <c>nbf</c>.</param>
    public static JwtValidation Validate(
        string token, string audience, IEnumerable<SpiffeBundle> bundles, DateTimeOffset now, TimeSpan clockSkew)
    {
        ArgumentNullException.ThrowIfNull(token);
        ArgumentException.ThrowIfNullOrEmpty(audience);
        ArgumentNullException.ThrowIfNull(bundles);
        if (!JsonWebToken.TryParse(token, out JsonWebToken? parsed, out JwtFault? fault))
        {
            return Refuse(fault);
        }

        fault = CheckTimes(parsed.Claims, now, clockSkew) ??
            CheckAudience(parsed.Claims, audience) ??
            CheckSignature(parsed, bundles);
        return fault is null
            ? JwtValidation.Accepted(parsed.Claims.Subject, parsed.Claims.All, ByBundle)
            : Refuse(fault);
    }

    private static JwtFault? CheckTimes(JwtClaims claims, DateTimeOffset now, TimeSpan clockSkew)
    {
        if (now - clockSkew >= claims.ExpiresAt)
        {
            return new JwtFault("JWT-SVID 3.3", $"the token has expired, at {claims.ExpiresAt:u}");
        }

        return claims.NotBefore is { } notBefore && now + clockSkew < notBefore
            ? new JwtFault("RFC 7519 4.1.5", $"the token is not valid before {notBefore:u}")
            : null;
    }

    private static JwtFault? CheckAudience(JwtClaims claims, string audience) =>
        claims.Audience.Contains(audience, StringComparer.Ordinal)
            ? null
            : new JwtFault(
                "JWT-SVID 3.2",
                $"expected audience {Quoted.Text(audience)}; the token has " +
                string.Join(", ", claims.Audience.Select(found => Quoted.Text(found))));

    private static JwtFault? CheckSignature(JsonWebToken token, IEnumerable<SpiffeBundle> bundles)
    {
        TrustDomain trustDomain = token.Claims.Subject.TrustDomain;
        JwtAuthority[] authorities =
        [
            .. bundles.Where(bundle => bundle.TrustDomain == trustDomain).SelectMany(bundle => bundle.JwtAuthorities),
        ];
        if (authorities.Length == 0)
        {
            return new JwtFault("JWT-SVID 6.2", $"there is no JWT authority of the trust domain '{trustDomain}'");
        }

        // Without a kid every key whose type fits is tried; with one, that key and no other.
        JwsAlgorithm algorithm = JwsAlgorithm.Find(token.Algorithm)!;
        JwtAuthority[] named = token.KeyId is null
            ? authorities
            : [.. authorities.Where(authority => authority.KeyId == token.KeyId)];
        if (named.Length == 0)
        {
            return new JwtFault(
                "JWT-SVID 4", $"the trust domain '{trustDomain}' has no JWT authority {Quoted.Text(token.KeyId)}");
        }

        JwtAuthority[] fitting = [.. named.Where(algorithm.Fits)];
        if (fitting.Length == 0)
        {
            return new JwtFault("JWT-SVID 2.1", $"no key of '{trustDomain}' may be used with {token.Algorithm}");
        }

        return fitting.Any(authority => algorithm.Verify(authority, token.SigningInput, token.Signature))
            ? null
            : new JwtFault("JWT-SVID 4", "the signature does not verify");
    }

    private static JwtValidation Refuse(JwtFault fault) => JwtValidation.Refused(fault.Check, fault.Reason, ByBundle);
}
