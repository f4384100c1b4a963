using System.Security.Cryptography.X509Certificates;

namespace Spiffe;

/// <summary>An X509-SVID that this module has put into a certificate store.</summary>
public sealed class InstalledSvid
{
    internal InstalledSvid(StorePlace place, X509Certificate2 certificate, SpiffeId spiffeId, InstallationRecord record)
    {
        Place = place;
        Certificate = certificate;
        SpiffeId = spiffeId;
        Record = record;
    }

    /// <summary>The identity that the certificate proves.</summary>
    public SpiffeId SpiffeId { get; }

    /// <summary>The trust domain of <see cref="SpiffeId"/>.</summary>
    public TrustDomain TrustDomain => SpiffeId.TrustDomain;

    /// <summary>The hint that the SVID had when it was installed; empty where none was given.</summary>
    public string Hint => Record.Hint;

    /// <summary><see cref="Hint"/> as views show it: one line, what is not printable escaped.</summary>
    public string DisplayHint => Quoted.Line(Hint);

    /// <summary>SPIFFE ID and hint as tables show them, for example <c>spiffe://example.org/web (external)</c>.</summary>
    public string DisplayId => Hint.Length == 0 ? SpiffeId.Text : $"{SpiffeId} ({DisplayHint})";

    /// <summary>The SHA-1 hash of the certificate in hexadecimal, as certificate stores name it.</summary>
    public string Thumbprint => Certificate.Thumbprint;

    /// <summary>Whose stores: this account's or the machine's.</summary>
    public StoreLocation StoreLocation => Place.Location;

    /// <summary>The store's name in its location.</summary>
    public string StoreName => Place.Name;

    /// <summary>Location and name, as the drive <c>Cert:</c> writes them.</summary>
    public string Store => Place.ToString();

    /// <summary>The instant from which the certificate verifies, in local time.</summary>
    public DateTime NotBefore => Certificate.ValidFrom.LocalDateTime;

    /// <summary>The instant after which the certificate no longer verifies, in local time.</summary>
    public DateTime NotAfter => Certificate.ValidUntil.LocalDateTime;

    /// <summary>The time left until <see cref="NotAfter"/>, as of now; negative once it has passed.</summary>
    public TimeSpan ExpiresIn => Certificate.ValidUntil - DateTimeOffset.UtcNow;

    /// <summary>When the module put it into the store, in local time.</summary>
    public DateTime InstalledAt => Record.InstalledAt.LocalDateTime;

    /// <summary>Whether the store has no newer SVID of this identity and hint that the module installed.</summary>
    public bool IsCurrent => Superseded is null;

    /// <summary>When the first newer one came into the store, in local time; null for the current one.</summary>
    public DateTime? SupersededAt => Superseded?.LocalDateTime;

    /// <summary>The certificate as the store has it, with its private key.</summary>
    public X509Certificate2 Certificate { get; }

    internal StorePlace Place { get; }

    internal InstallationRecord Record { get; }

    internal DateTimeOffset? Superseded { get; set; }

    /// <summary>This entry of the store as plain values.</summary>
    public SpiffeRecord ToRecord() => new()
    {
        { "SpiffeId", SpiffeId.Text },
        { "TrustDomain", TrustDomain.Name },
        { "Hint", Hint },
        { "StoreLocation", StoreLocation.ToString() },
        { "StoreName", StoreName },
        { "NotBefore", NotBefore },
        { "NotAfter", NotAfter },
        { "Thumbprint", Thumbprint },
        { "InstalledAt", InstalledAt },
        { "IsCurrent", IsCurrent },
        { "SupersededAt", SupersededAt },
    };

    /// <summary>The SPIFFE ID.</summary>
    public override string ToString() => SpiffeId.ToString();
}
