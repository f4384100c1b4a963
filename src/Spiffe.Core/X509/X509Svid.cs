using System.Collections.ObjectModel;
using System.Diagnostics.CodeAnalysis;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;

namespace Spiffe;

/// <summary>An X509-SVID with its private key and what is needed to verify its peers (Workload API, section 5.2.1).</summary>
public sealed class X509Svid : Svid, IEquatable<X509Svid>
{
    private readonly Lock _loading = new();
    private readonly EncodedCertificate _leaf;
    private readonly EncodedCertificate[] _chain;
    private readonly CertificateContent _content;
    private PrivateKey? _key;
    private X509Certificate2? _certificate;
    private ReadOnlyCollection<X509Certificate2>? _loadedChain;

    private X509Svid(
        SpiffeId spiffeId,
        string hint,
        bool isDefault,
        List<EncodedCertificate> certificates,
        CertificateContent content,
        PrivateKey? key,
        SpiffeBundle bundle,
        ReadOnlyCollection<SpiffeBundle> federatedBundles,
        ReadOnlyCollection<X509RevocationList> revocationLists)
        : base(spiffeId, hint, isDefault)
    {
        _leaf = certificates[0];
        _chain = [.. certificates.Skip(1)];
        _content = content;
        _key = key;
        Bundle = bundle;
        FederatedBundles = federatedBundles;
        RevocationLists = revocationLists;
    }

    /// <summary>The leaf certificate; it holds its private key where there is one. Both are loaded when they are first asked for.</summary>
    /// <exception cref="SpiffeException"><see cref="SpiffeErrorReason.SvidInvalid"/>: the key and its public key do not match.</exception>
    public X509Certificate2 Certificate
    {
        get
        {
            lock (_loading)
            {
                _certificate ??= _key!.Attach();
                _key = null;
                return _certificate;
            }
        }
    }

    /// <summary>Whether the private key is there, as it always is with an SVID of the Workload API. A file may lack it.</summary>
    public bool HasPrivateKey => Certificate.HasPrivateKey;

    /// <summary>The intermediates between the leaf and an authority of the bundle, the leaf's signer first.</summary>
    public ReadOnlyCollection<X509Certificate2> Chain => LazyInitializer.EnsureInitialized(
        ref _loadedChain, () => Array.AsReadOnly(Array.ConvertAll(_chain, certificate => certificate.Loaded)));

    /// <summary><see cref="Chain"/> as views show it: the subjects, what is not printable escaped.</summary>
    public ReadOnlyCollection<string> DisplayChain => [.. Chain.Select(certificate => Quoted.Line(certificate.Subject))];

    /// <summary>The X.509 authorities of the SVID's own trust domain.</summary>
    public SpiffeBundle Bundle { get; }

    /// <summary>The X.509 authorities of the trust domains that this identity may also talk to, one bundle each.</summary>
    public ReadOnlyCollection<SpiffeBundle> FederatedBundles { get; }

    /// <summary>Revocation lists that came along; they may be of any signer (Workload API, section 5.1).</summary>
    public ReadOnlyCollection<X509RevocationList> RevocationLists { get; }

    /// <summary>The instant from which the certificate verifies, in local time.</summary>
    public DateTime NotBefore => _content.NotBefore.LocalDateTime;

    /// <summary>The instant after which the certificate no longer verifies, in local time.</summary>
    public DateTime NotAfter => _content.NotAfter.LocalDateTime;

    /// <summary>The SHA-1 hash of the certificate in hexadecimal, as certificate stores name it.</summary>
    [SuppressMessage("Security", "CA5350", Justification = "A name, as all certificate stores have it; nothing is secured by it.")]
    public string Thumbprint => Convert.ToHexString(SHA1.HashData(_leaf.Der.Span));

    /// <summary>The certificate's serial number in hexadecimal.</summary>
    public string SerialNumber => Certificate.SerialNumber;

    /// <summary>Key type and size, for example <c>ECDSA P-256</c> or <c>RSA 2048</c>.</summary>
    public string KeyAlgorithm => CertificateKey.Describe(Certificate);

    internal override DateTimeOffset Expiry => _content.NotAfter;

    /// <summary>Reads an X509-SVID as the Workload API sends it.</summary>
    /// <param name="spiffeId">The ID in the message; it must be the one in the certificate.</param>
    /// <param name="hint">The hint in the message, or an empty string.</param>
    /// <param name="isDefault">Whether it is the first one of its message.</param>
    /// <param name="certificates">DER, the leaf first, intermediates behind it.</param>
    /// <param name="pkcs8Key">The leaf's private key, unencrypted PKCS#8 in DER.</param>
    /// <param name="bundle">The bundle of the SVID's own trust domain.</param>
    /// <param name="federatedBundles">The bundles of foreign trust domains.</param>
    /// <param name="revocationLists">The revocation lists of the same message.</param>
    /// <exception cref="SpiffeException">
    /// <see cref="SpiffeErrorReason.ResponseInvalid"/>, <see cref="SpiffeErrorReason.SvidInvalid"/> or
    /// <see cref="SpiffeErrorReason.NotSupportedHere"/>.
    /// </exception>
    public static X509Svid FromDer(
        SpiffeId spiffeId,
        string hint,
        bool isDefault,
        ReadOnlyMemory<byte> certificates,
        ReadOnlyMemory<byte> pkcs8Key,
        SpiffeBundle bundle,
        ReadOnlyCollection<SpiffeBundle> federatedBundles,
        ReadOnlyCollection<X509RevocationList>? revocationLists = null)
    {
        ArgumentNullException.ThrowIfNull(spiffeId);
        ArgumentNullException.ThrowIfNull(hint);
        List<EncodedCertificate> chain = CertificateList.ReadDer(
            certificates, SpiffeErrorReason.ResponseInvalid, () => $"The field x509_svid of '{spiffeId}'");
        (SpiffeId certified, CertificateContent content) = X509SvidRules.CheckLeaf(chain[0]);
        if (certified != spiffeId)
        {
            throw new SpiffeException(
                SpiffeErrorReason.SvidInvalid,
                $"The message says '{spiffeId}' and its certificate '{certified}' (SPIFFE-ID, section 3.2).");
        }

        PrivateKey key = PrivateKey.Read(pkcs8Key, content, certified);
        X509Svid svid = new(certified, hint, isDefault, chain, content, key, bundle, federatedBundles, revocationLists ?? []);
        if (!key.IsKnownToFit)
        {
            _ = svid.Certificate;
        }

        return svid;
    }

    /// <summary>Makes an X509-SVID of certificates that were in files. Only the rules for an SVID alone are checked.</summary>
    /// <param name="certificates">The leaf, with its private key or without, and its intermediates behind it.</param>
    /// <param name="isDefault">Whether it is the first one of its folder.</param>
    /// <param name="bundles">What is known; the bundle of the SVID's own trust domain is empty where it is not among them.</param>
    /// <exception cref="SpiffeException"><see cref="SpiffeErrorReason.SvidInvalid"/></exception>
    internal static X509Svid FromCertificates(
        IReadOnlyList<X509Certificate2> certificates, bool isDefault, IReadOnlyList<SpiffeBundle> bundles)
    {
        List<EncodedCertificate> chain = [.. certificates.Select(EncodedCertificate.From)];
        (SpiffeId id, CertificateContent content) = X509SvidRules.CheckLeaf(chain[0]);
        SpiffeBundle own = bundles.FirstOrDefault(bundle => bundle.TrustDomain == id.TrustDomain) ?? new SpiffeBundle(id.TrustDomain);
        ReadOnlyCollection<SpiffeBundle> foreign = [.. bundles.Where(bundle => bundle.TrustDomain != id.TrustDomain)];
        return new X509Svid(id, hint: string.Empty, isDefault, chain, content, key: null, own, foreign, own.RevocationLists)
        {
            _certificate = certificates[0],
        };
    }

    /// <summary>The SPIFFE ID that a certificate names, a signing certificate's too; nothing is verified (X509-SVID, section 2).</summary>
    /// <exception cref="SpiffeException"><see cref="SpiffeErrorReason.SpiffeIdInvalid"/>: it names none, or more than one URI.</exception>
    public static SpiffeId ReadSpiffeId(X509Certificate2 certificate)
    {
        ArgumentNullException.ThrowIfNull(certificate);
        if (!CertificateContent.TryParse(certificate, out CertificateContent? content, out string? fault))
        {
            throw new SpiffeException(SpiffeErrorReason.SpiffeIdInvalid, $"There is no SPIFFE ID in {fault}.");
        }

        string[] uris = [.. content.Uris];
        return uris.Length == 1
            ? SpiffeId.Parse(uris[0])
            : throw new SpiffeException(
                SpiffeErrorReason.SpiffeIdInvalid,
                $"The certificate {content.Describe()} has {uris.Length} URI names; expected exactly one (X509-SVID, section 2).");
    }

    /// <summary>Whether both are the same document, with the same hint and the same bundles.</summary>
    public bool Equals(X509Svid? other) =>
        other is not null &&
        IsSameButForBundles(other) &&
        Bundle.Equals(other.Bundle) &&
        FederatedBundles.SequenceEqual(other.FederatedBundles) &&
        RevocationLists.SequenceEqual(other.RevocationLists);

    /// <inheritdoc/>
    public override bool Equals(object? obj) => Equals(obj as X509Svid);

    /// <inheritdoc/>
    public override int GetHashCode() => HashCode.Combine(SpiffeId, Hint, _content.NotAfter);

    /// <inheritdoc/>
    public override SpiffeRecord ToRecord() => new()
    {
        { "SpiffeId", SpiffeId.Text },
        { "TrustDomain", TrustDomain.Name },
        { "Hint", Hint },
        { "IsDefault", IsDefault },
        { "NotBefore", NotBefore },
        { "NotAfter", NotAfter },
        { "Thumbprint", Thumbprint },
        { "SerialNumber", SerialNumber },
        { "KeyAlgorithm", KeyAlgorithm },
        { "Certificate", Certificate.ExportCertificatePem() },
        { "Chain", Chain.Select(certificate => certificate.ExportCertificatePem()).ToArray() },
        { "Bundle", Bundle.TrustDomain.Name },
        { "FederatedBundles", FederatedBundles.Select(bundle => bundle.TrustDomain.Name).ToArray() },
    };

    internal override SpiffeRecord ToBriefRecord()
    {
        SpiffeRecord record = base.ToBriefRecord();
        record.Add("Thumbprint", Thumbprint);
        return record;
    }

    /// <exception cref="SpiffeException"><see cref="SpiffeErrorReason.PrivateKeyMissing"/></exception>
    internal void RequirePrivateKey()
    {
        if (!HasPrivateKey)
        {
            throw new SpiffeException(
                SpiffeErrorReason.PrivateKeyMissing, $"The SVID of '{SpiffeId}' ({Thumbprint}) has no private key.");
        }
    }

    internal override bool IsSameDocument(Svid other) =>
        other is X509Svid svid &&
        SpiffeId == svid.SpiffeId &&
        Hint == svid.Hint &&
        _leaf.Der.Span.SequenceEqual(svid._leaf.Der.Span);

    internal override bool IsSameButForBundles(Svid other) =>
        other is X509Svid svid &&
        IsSameDocument(svid) &&
        IsDefault == svid.IsDefault &&
        CertificateList.AreEqual(_chain, svid._chain);
}
