using System.Security.Cryptography.X509Certificates;

namespace Spiffe;

/// <summary>An X509-SVID with its private key and what is needed to verify its peers (Workload API, section 5.2.1).</summary>
public sealed class X509Svid : Svid, IEquatable<X509Svid>
{
    private X509Svid(
        SpiffeId spiffeId,
        string hint,
        bool isDefault,
        X509Certificate2 certificate,
        IReadOnlyList<X509Certificate2> chain,
        SpiffeBundle bundle,
        IReadOnlyList<SpiffeBundle> federatedBundles,
        IReadOnlyList<X509RevocationList> revocationLists)
        : base(spiffeId, hint, isDefault)
    {
        Certificate = certificate;
        Chain = chain;
        Bundle = bundle;
        FederatedBundles = federatedBundles;
        RevocationLists = revocationLists;
    }

    /// <summary>The leaf certificate; it holds its private key.</summary>
    public X509Certificate2 Certificate { get; }

    /// <summary>The intermediates between the leaf and an authority of the bundle, the leaf's signer first.</summary>
    public IReadOnlyList<X509Certificate2> Chain { get; }

    /// <summary>The X.509 authorities of the SVID's own trust domain.</summary>
    public SpiffeBundle Bundle { get; }

    /// <summary>The X.509 authorities of the trust domains that this identity may also talk to, one bundle each.</summary>
    public IReadOnlyList<SpiffeBundle> FederatedBundles { get; }

    /// <summary>Revocation lists that came along; they may be of any signer (Workload API, section 5.1).</summary>
    public IReadOnlyList<X509RevocationList> RevocationLists { get; }

    /// <summary>The instant from which the certificate verifies, in local time.</summary>
    public DateTime NotBefore => Certificate.NotBefore;

    /// <summary>The instant after which the certificate no longer verifies, in local time.</summary>
    public DateTime NotAfter => Certificate.NotAfter;

    /// <inheritdoc/>
    public override DateTime ExpiresAt => NotAfter;

    /// <summary>The SHA-1 hash of the certificate in hexadecimal, as certificate stores name it.</summary>
    public string Thumbprint => Certificate.Thumbprint;

    /// <summary>The certificate's serial number in hexadecimal.</summary>
    public string SerialNumber => Certificate.SerialNumber;

    /// <summary>Key type and size, for example <c>ECDSA P-256</c> or <c>RSA 2048</c>.</summary>
    public string KeyAlgorithm => CertificateKey.Describe(Certificate);

    /// <summary>Reads an X509-SVID as the Workload API sends it.</summary>
    /// <param name="spiffeId">The ID that the message gives; it must be the one in the certificate.</param>
    /// <param name="hint">The hint that the message gives, or an empty string.</param>
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
        ReadOnlySpan<byte> pkcs8Key,
        SpiffeBundle bundle,
        IReadOnlyList<SpiffeBundle> federatedBundles,
        IReadOnlyList<X509RevocationList>? revocationLists = null)
    {
        ArgumentNullException.ThrowIfNull(spiffeId);
        ArgumentNullException.ThrowIfNull(hint);
        List<X509Certificate2> chain = CertificateList.ParseDer(
            certificates, SpiffeErrorReason.ResponseInvalid, $"The field x509_svid of '{spiffeId}'");
        SpiffeId certified = X509SvidRules.CheckLeaf(chain[0]);
        if (certified != spiffeId)
        {
            throw new SpiffeException(
                SpiffeErrorReason.SvidInvalid,
                $"The message says '{spiffeId}' and its certificate '{certified}' (SPIFFE-ID, section 3.2).");
        }

        using X509Certificate2 leaf = chain[0];
        return new X509Svid(
            certified,
            hint,
            isDefault,
            PrivateKey.Attach(leaf, pkcs8Key, certified),
            chain[1..].AsReadOnly(),
            bundle,
            federatedBundles,
            revocationLists ?? []);
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
        IsSameDocument(other) &&
        IsDefault == other.IsDefault &&
        CertificateList.AreEqual(Chain, other.Chain) &&
        Bundle.Equals(other.Bundle) &&
        FederatedBundles.SequenceEqual(other.FederatedBundles) &&
        RevocationLists.SequenceEqual(other.RevocationLists);

    /// <inheritdoc/>
    public override bool Equals(object? obj) => Equals(obj as X509Svid);

    /// <inheritdoc/>
    public override int GetHashCode() => HashCode.Combine(SpiffeId, Hint, Thumbprint);

    internal override bool IsSameDocument(Svid other) =>
        other is X509Svid svid &&
        SpiffeId == svid.SpiffeId &&
        Hint == svid.Hint &&
        Certificate.RawDataMemory.Span.SequenceEqual(svid.Certificate.RawDataMemory.Span);
}
