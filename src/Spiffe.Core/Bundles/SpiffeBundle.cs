using System.Collections.ObjectModel;
using System.Globalization;
using System.Security.Cryptography.X509Certificates;

namespace Spiffe;

/// <summary>The authorities of one trust domain (Trust Domain and Bundle, sections 3 and 4).</summary>
public sealed class SpiffeBundle : IEquatable<SpiffeBundle>
{
    private readonly EncodedCertificate[] _x509Authorities;
    private ReadOnlyCollection<X509Certificate2>? _loadedX509Authorities;

    /// <summary>Creates a bundle; authorities of either kind may be absent.</summary>
    public SpiffeBundle(
        TrustDomain trustDomain,
        IEnumerable<X509Certificate2>? x509Authorities = null,
        IEnumerable<JwtAuthority>? jwtAuthorities = null,
        ulong? sequenceNumber = null,
        TimeSpan? refreshHint = null,
        IEnumerable<X509RevocationList>? revocationLists = null)
        : this(
            trustDomain, [.. x509Authorities?.Select(EncodedCertificate.From) ?? []],
            jwtAuthorities, sequenceNumber, refreshHint, revocationLists)
    {
    }

    private SpiffeBundle(
        TrustDomain trustDomain,
        EncodedCertificate[] x509Authorities,
        IEnumerable<JwtAuthority>? jwtAuthorities,
        ulong? sequenceNumber,
        TimeSpan? refreshHint,
        IEnumerable<X509RevocationList>? revocationLists)
    {
        ArgumentNullException.ThrowIfNull(trustDomain);
        ArgumentOutOfRangeException.ThrowIfNegative(refreshHint?.Ticks ?? 0, nameof(refreshHint));
        TrustDomain = trustDomain;
        _x509Authorities = x509Authorities;
        JwtAuthorities = Array.AsReadOnly(jwtAuthorities?.ToArray() ?? []);
        SequenceNumber = sequenceNumber;
        RefreshHint = refreshHint;
        RevocationLists = Array.AsReadOnly(revocationLists?.ToArray() ?? []);
    }

    /// <summary>The trust domain whose SVIDs these authorities sign, and no other's.</summary>
    public TrustDomain TrustDomain { get; }

    /// <summary>The certificates that X509-SVIDs of the trust domain are verified with.</summary>
    public ReadOnlyCollection<X509Certificate2> X509Authorities => LazyInitializer.EnsureInitialized(
        ref _loadedX509Authorities, () => Array.AsReadOnly(Array.ConvertAll(_x509Authorities, authority => authority.Loaded)));

    /// <summary>The public keys that JWT-SVIDs of the trust domain are verified with.</summary>
    public ReadOnlyCollection<JwtAuthority> JwtAuthorities { get; }

    /// <summary>Grows with each change; null where the source does not say, as the Workload API never does (section 4.1.1).</summary>
    public ulong? SequenceNumber { get; }

    /// <summary>How often to look for a newer bundle; null where the source does not say (section 4.1.2).</summary>
    public TimeSpan? RefreshHint { get; }

    /// <summary>Revocation lists that the Workload API sent along; they may be of any signer (Workload API, section 5.1).</summary>
    public ReadOnlyCollection<X509RevocationList> RevocationLists { get; }

    /// <summary>The X.509 authorities taken apart. One that is not DER can sign nothing and is not among them.</summary>
    internal IEnumerable<CertificateContent> X509AuthorityContents =>
        _x509Authorities.Select(authority => authority.Content).OfType<CertificateContent>();

    /// <summary>How many authorities of each kind there are, for example <c>1 X.509, 2 JWT</c>.</summary>
    public string Authorities => $"{_x509Authorities.Length} X.509, {JwtAuthorities.Count} JWT";

    /// <summary>The X.509 authorities as views show them: one a line, thumbprint and expiry.</summary>
    public string DisplayX509Authorities => string.Join('\n', X509Authorities.Select(authority => string.Create(
        CultureInfo.InvariantCulture, $"{authority.Thumbprint} until {authority.ValidUntil.LocalDateTime:yyyy-MM-dd}")));

    /// <summary>Reads a bundle as the Workload API sends it for X.509: DER certificates one behind the other.</summary>
    /// <param name="trustDomain">The trust domain that the message names.</param>
    /// <param name="der">No bytes at all make an empty bundle: a trust domain that does without X.509 has one.</param>
    /// <param name="revocationLists">The revocation lists of the same message.</param>
    /// <exception cref="SpiffeException"><see cref="SpiffeErrorReason.ResponseInvalid"/></exception>
    public static SpiffeBundle FromX509Der(
        TrustDomain trustDomain, ReadOnlyMemory<byte> der, IEnumerable<X509RevocationList>? revocationLists = null) => new(
        trustDomain,
        der.IsEmpty
            ? []
            : [.. CertificateList.ReadDer(der, SpiffeErrorReason.ResponseInvalid, () => $"The X.509 bundle of '{trustDomain}'")],
        jwtAuthorities: null,
        sequenceNumber: null,
        refreshHint: null,
        revocationLists);

    /// <summary>Reads a bundle as the Workload API sends it for JWT: a JWK Set (Workload API, section 6.2.2).</summary>
    /// <exception cref="SpiffeException"><see cref="SpiffeErrorReason.ResponseInvalid"/></exception>
    public static SpiffeBundle FromJwks(TrustDomain trustDomain, ReadOnlyMemory<byte> utf8Json) => new(
        trustDomain,
        jwtAuthorities: JsonWebKeySet.Parse(
            utf8Json, SpiffeErrorReason.ResponseInvalid, $"The JWT bundle of '{trustDomain}'"));

    /// <summary>Reads a SPIFFE bundle document, as <see cref="ToSpiffeJson"/> writes it (section 4).</summary>
    /// <exception cref="SpiffeException"><see cref="SpiffeErrorReason.BundleInvalid"/></exception>
    public static SpiffeBundle FromSpiffeJson(TrustDomain trustDomain, ReadOnlyMemory<byte> utf8Json) =>
        BundleDocumentReader.Parse(trustDomain, utf8Json);

    /// <summary>Reads a bundle map, as <see cref="ToBundleMap"/> writes it: all of it or nothing (section 5).</summary>
    /// <exception cref="SpiffeException"><see cref="SpiffeErrorReason.BundleInvalid"/></exception>
    public static IReadOnlyList<SpiffeBundle> FromBundleMap(ReadOnlyMemory<byte> utf8Json) => BundleMapReader.Parse(utf8Json);

    /// <summary>A bundle map of bundles of different trust domains (section 5).</summary>
    /// <exception cref="SpiffeException"><see cref="SpiffeErrorReason.BundleInvalid"/>: two are of one trust domain.</exception>
    public static string ToBundleMap(IReadOnlyCollection<SpiffeBundle> bundles)
    {
        ArgumentNullException.ThrowIfNull(bundles);
        return bundles.GroupBy(bundle => bundle.TrustDomain).FirstOrDefault(group => group.Count() > 1) is { } twins
            ? throw new SpiffeException(
                SpiffeErrorReason.BundleInvalid, $"There are two bundles of '{twins.Key}', and a bundle map holds one of each trust domain.")
            : BundleDocument.WriteMap(bundles);
    }

    /// <summary>The X.509 authorities as PEM blocks; an empty string where there are none.</summary>
    public string ToPem() => CertificateList.ToPem(X509Authorities);

    /// <summary>The X.509 authorities as DER, one behind the other.</summary>
    public byte[] ToDer() => CertificateList.ToDer(_x509Authorities);

    /// <summary>The SPIFFE bundle document: both kinds of authorities, told apart by <c>use</c> (section 4).</summary>
    public string ToSpiffeJson() => BundleDocument.WriteSpiffe(this);

    /// <summary>The JWT authorities as a plain JWK Set, as the Workload API has it.</summary>
    public string ToJwks() => BundleDocument.WriteJwks(this);

    /// <summary>The bundle as plain values: certificates and keys in PEM, the refresh hint in seconds.</summary>
    public SpiffeRecord ToRecord() => new()
    {
        { "TrustDomain", TrustDomain.Name },
        { "SequenceNumber", SequenceNumber },
        { "RefreshHintSec", (long?)RefreshHint?.TotalSeconds },
        { "X509Authorities", X509Authorities.Select(authority => authority.ExportCertificatePem()).ToArray() },
        { "JwtAuthorities", JwtAuthorities.Select(authority => authority.ToRecord()).ToArray() },
    };

    /// <summary>Whether both bundles are of one trust domain and hold the same, in the same order.</summary>
    public bool Equals(SpiffeBundle? other) =>
        other is not null &&
        TrustDomain == other.TrustDomain &&
        SequenceNumber == other.SequenceNumber &&
        RefreshHint == other.RefreshHint &&
        CertificateList.AreEqual(_x509Authorities, other._x509Authorities) &&
        JwtAuthorities.SequenceEqual(other.JwtAuthorities) &&
        RevocationLists.SequenceEqual(other.RevocationLists);

    /// <inheritdoc/>
    public override bool Equals(object? obj) => Equals(obj as SpiffeBundle);

    /// <inheritdoc/>
    public override int GetHashCode() => HashCode.Combine(TrustDomain, _x509Authorities.Length, JwtAuthorities.Count);

    /// <summary>The trust domain's name.</summary>
    public override string ToString() => TrustDomain.Name;
}
