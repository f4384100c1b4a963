namespace Spiffe;

/// <summary>A SPIFFE Verifiable Identity Document that the Workload API issued to this process.</summary>
public abstract class Svid
{
    private protected Svid(SpiffeId spiffeId, string hint, bool isDefault)
    {
        SpiffeId = spiffeId;
        Hint = hint;
        IsDefault = isDefault;
    }

    /// <summary>The identity that the document proves.</summary>
    public SpiffeId SpiffeId { get; }

    /// <summary>The trust domain of <see cref="SpiffeId"/>.</summary>
    public TrustDomain TrustDomain => SpiffeId.TrustDomain;

    /// <summary>The operator's word on what this identity is for; empty where none was given (Workload API, section 8).</summary>
    public string Hint { get; }

    /// <summary><see cref="Hint"/> as views show it: one line, what is not printable escaped.</summary>
    public string DisplayHint => Quoted.Line(Hint);

    /// <summary>SPIFFE ID and hint as tables show them, for example <c>spiffe://example.org/web (external)</c>.</summary>
    public string DisplayId => Hint.Length == 0 ? SpiffeId.Text : $"{SpiffeId} ({DisplayHint})";

    /// <summary>Whether this is the first identity of the answer, the one to use where no choice is made (section 8).</summary>
    public bool IsDefault { get; }

    /// <summary>The instant after which the document no longer verifies, in local time.</summary>
    public DateTime ExpiresAt => Expiry.LocalDateTime;

    /// <summary>The time left until <see cref="ExpiresAt"/>, as of now; negative once it has passed.</summary>
    public TimeSpan ExpiresIn => Expiry - DateTimeOffset.UtcNow;

    internal abstract DateTimeOffset Expiry { get; }

    /// <summary>This document as plain values. They include no key and no token.</summary>
    public abstract SpiffeRecord ToRecord();

    /// <summary>The SPIFFE ID.</summary>
    public override string ToString() => SpiffeId.ToString();

    /// <summary>Whether <paramref name="other"/> is the same document for the same identity.</summary>
    internal abstract bool IsSameDocument(Svid other);

    /// <summary>Whether <paramref name="other"/> differs in nothing but in what peers are verified with.</summary>
    internal virtual bool IsSameButForBundles(Svid other) => Equals(other);

    /// <summary>Whether <paramref name="other"/> is for the same identity and purpose, be it the same document or another.</summary>
    internal bool IsSameIdentity(Svid other) => SpiffeId == other.SpiffeId && Hint == other.Hint;

    /// <summary>What a record of an update says of this document.</summary>
    internal virtual SpiffeRecord ToBriefRecord() => new()
    {
        { "SpiffeId", SpiffeId.Text },
        { "Hint", Hint },
        { "ExpiresAt", ExpiresAt },
    };
}
