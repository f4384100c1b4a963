namespace Spiffe;

/// <summary>Verifies JWT-SVIDs against bundles, without asking an agent (JWT-SVID, section 4).</summary>
public static class JwtSvidValidator
{
    private const string ByBundle = "Bundle";

    /// <summary>The clock skew that is tolerated where the caller does not say otherwise.</summary>
    public static readonly TimeSpan DefaultClockSkew = TimeSpan.FromSeconds(60);

    /// <summary>The largest clock skew that may be tolerated (appendix A).</summary>
    public static readonly TimeSpan MaxClockSkew = TimeSpan.FromSeconds(120);

    /// <summary>Verifies signature, times and audience of a token.</summary>
    /// <param name="token">The token in compact form.</param>
    /// <param name="audience">The receiver's own name.</param>
    /// <param name="bundles">The bundles that may be used; only the one of the subject's trust domain is.</param>
    /// <param name="now">The instant to verify for.</param>
    /// <param name="clockSkew">How much the issuer's clock may differ, for <c>exp</c> and for <c>nbf</c>; at most 120 s.</param>
    public static JwtValidation Validate(
        string token, string audience, IEnumerable<SpiffeBundle> bundles, DateTimeOffset now, TimeSpan clockSkew) =>
        Validate(token, audience, bundles, now, clockSkew, new CheckList(isStrict: false, isBrief: true));

    /// <summary>As <see cref="Validate(string, string, IEnumerable{SpiffeBundle}, DateTimeOffset, TimeSpan)"/>, with every rule in the result.</summary>
    /// <param name="token">The token in compact form.</param>
    /// <param name="audience">The receiver's own name.</param>
    /// <param name="bundles">The bundles that may be used; only the one of the subject's trust domain is.</param>
    /// <param name="now">The instant to verify for.</param>
    /// <param name="clockSkew">How much the issuer's clock may differ, for <c>exp</c> and for <c>nbf</c>; at most 120 s.</param>
    public static JwtValidation Explain(
        string token, string audience, IEnumerable<SpiffeBundle> bundles, DateTimeOffset now, TimeSpan clockSkew) =>
        Validate(token, audience, bundles, now, clockSkew, new CheckList(isStrict: false));

    private static JwtValidation Validate(
        string token,
        string audience,
        IEnumerable<SpiffeBundle> bundles,
        DateTimeOffset now,
        TimeSpan clockSkew,
        CheckList checks)
    {
        ArgumentNullException.ThrowIfNull(token);
        ArgumentException.ThrowIfNullOrEmpty(audience);
        ArgumentNullException.ThrowIfNull(bundles);
        ArgumentOutOfRangeException.ThrowIfLessThan(clockSkew, TimeSpan.Zero);
        ArgumentOutOfRangeException.ThrowIfGreaterThan(clockSkew, MaxClockSkew);
        if (JsonWebToken.Parse(token, checks) is not { } parsed)
        {
            return JwtValidation.Refused(checks, subject: null, ByBundle);
        }

        CheckTimes(parsed.Claims, now, clockSkew, checks);
        CheckAudience(parsed.Claims, audience, checks);
        CheckSignature(parsed, bundles, checks);
        return checks.FirstFailure is null
            ? JwtValidation.Accepted(parsed.Claims, ByBundle, checks.Checks)
            : JwtValidation.Refused(checks, parsed.Claims.Subject, ByBundle);
    }

    private static void CheckTimes(JwtClaims claims, DateTimeOffset now, TimeSpan clockSkew, CheckList checks)
    {
        checks.Require(
            now - clockSkew < claims.ExpiresAt, "JWT-SVID 3.3", "Not expired", () => $"{claims.ExpiresAt:u}",
            () => $"after {now - clockSkew:u}");
        checks.Require(
            claims.NotBefore is not { } notBefore || notBefore <= now + clockSkew, "RFC 7519 4.1.5", "Not before",
            () => claims.NotBefore is null ? "none" : $"{claims.NotBefore:u}", () => $"none, or by {now + clockSkew:u}");
    }

    private static void CheckAudience(JwtClaims claims, string audience, CheckList checks) => checks.Require(
        claims.Audience.Contains(audience, StringComparer.Ordinal), "JWT-SVID 3.2", "Own audience",
        () => string.Join(", ", claims.Audience.Select(found => Quoted.Text(found))), () => Quoted.Text(audience));

    /// <summary>With a key's name that key and no other; without one every key of the trust domain whose type fits.</summary>
    private static void CheckSignature(JsonWebToken token, IEnumerable<SpiffeBundle> bundles, CheckList checks)
    {
        TrustDomain trustDomain = token.Claims.Subject.TrustDomain;
        JoseHeader header = token.Header;
        List<JwtAuthority> authorities = [];
        foreach (SpiffeBundle bundle in bundles)
        {
            if (bundle.TrustDomain == trustDomain)
            {
                authorities.AddRange(bundle.JwtAuthorities);
            }
        }

        if (!checks.Require(
            authorities.Count > 0, "JWT-SVID 6.2", "JWT authorities of the trust domain",
            () => $"{authorities.Count} of '{trustDomain}'", "at least one"))
        {
            return;
        }

        List<JwtAuthority> named = header.KeyId is null ? authorities : authorities.FindAll(key => key.KeyId == header.KeyId);
        List<JwtAuthority> fitting = named.FindAll(header.Algorithm.Fits);
        if (checks.Require(
                named.Count > 0, "JWT-SVID 4", "Signer", () => header.KeyId is null ? "no kid" : $"kid {Quoted.Text(header.KeyId)}",
                "no kid, or one of the trust domain's") &&
            checks.Require(
                fitting.Count > 0, "JWT-SVID 2.1", "Key for the algorithm",
                () => $"{fitting.Count} key(s) for {header.Algorithm.Name}", "a key whose type, curve, length and alg allow it"))
        {
            bool isSigned = fitting.Exists(key => header.Algorithm.Verify(key, token.SigningInput, token.Signature));
            checks.Require(
                isSigned, "JWT-SVID 4", "Signature", isSigned ? "made by the signer's key" : "not made by such a key", "made by the signer's key");
        }
    }
}
