namespace Spiffe.DevAgent;

/// <summary>Issues SVIDs of the trust domain; the X.509 ones are shared by all callers until they are renewed.</summary>
internal sealed class SvidIssuer
{
    private readonly X509Authority _x509Authority;
    private readonly JwtSigner _jwtSigner = new();
    private readonly Lock _lock = new();
    private readonly Dictionary<Entry, IssuedX509Svid> _issued = [];

    public SvidIssuer(AgentSettings settings)
    {
        _x509Authority = new X509Authority(settings.TrustDomain);
        Bundle = new SpiffeBundle(settings.TrustDomain, [_x509Authority.Certificate], [_jwtSigner.Authority]);
    }

    /// <summary>The authorities of the trust domain.</summary>
    public SpiffeBundle Bundle { get; }

    /// <summary>The entry's current X509-SVID; a new one where it is time to renew.</summary>
    public IssuedX509Svid GetX509Svid(Entry entry)
    {
        lock (_lock)
        {
            if (!_issued.TryGetValue(entry, out IssuedX509Svid? svid) || svid.RenewFrom <= DateTimeOffset.UtcNow)
            {
                svid = _x509Authority.Issue(entry);
                _issued[entry] = svid;
            }

            return svid;
        }
    }

    public string IssueJwtSvid(Entry entry, IEnumerable<string> audience) => _jwtSigner.Issue(entry, audience);

    /// <summary>Whether a token is one of this trust domain's, for this audience, and not expired.</summary>
    public JwtValidation Validate(string token, string audience) => JwtSvidValidator.Validate(
        token, audience, [Bundle], DateTimeOffset.UtcNow, JwtSvidValidator.DefaultClockSkew);
}
