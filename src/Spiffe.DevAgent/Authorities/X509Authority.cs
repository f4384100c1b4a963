using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;

namespace Spiffe.DevAgent;

/// <summary>A signing certificate of the trust domain and its key (X509-SVID, sections 3 and 4).</summary>
internal sealed class X509Authority : IAuthority
{
    private static readonly TimeSpan s_backdate = TimeSpan.FromSeconds(10);

    private readonly ECDsa _key;
    private readonly X509SignatureGenerator _generator;
    private readonly Lock _lock = new();
    private DateTimeOffset _neededUntil;

    private X509Authority(ECDsa key, X509Certificate2 certificate, DateTimeOffset neededUntil)
    {
        _key = key;
        _generator = X509SignatureGenerator.CreateForECDsa(key);
        Certificate = certificate;
        _neededUntil = neededUntil;
    }

    /// <summary>The certificate that peers verify with.</summary>
    public X509Certificate2 Certificate { get; }

    public DateTimeOffset CreatedAt => Certificate.ValidFrom + s_backdate;

    public DateTimeOffset ExpiresAt => Certificate.ValidUntil;

    public DateTimeOffset NeededUntil
    {
        get
        {
            lock (_lock)
            {
                return _neededUntil;
            }
        }
    }

    public static X509Authority Create(TrustDomain trustDomain, DateTimeOffset now, TimeSpan lifetime)
    {
        ECDsa key = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        CertificateRequest request = CertificateRequests.ForAuthority(trustDomain, key);
        X509Certificate2 certificate = request.Create(
            request.SubjectName,
            X509SignatureGenerator.CreateForECDsa(key),
            now - s_backdate,
            now + lifetime,
            CertificateRequests.CreateSerialNumber());
        return new X509Authority(key, certificate, now);
    }

    /// <summary>Takes up an authority that was kept.</summary>
    /// <exception cref="CryptographicException">Key or certificate cannot be read.</exception>
    public static X509Authority Load(byte[] certificate, byte[] pkcs8Key, DateTimeOffset neededUntil)
    {
        ECDsa key = ECDsa.Create();
        key.ImportPkcs8PrivateKey(pkcs8Key, out _);
        return new X509Authority(key, X509CertificateLoader.LoadCertificate(certificate), neededUntil);
    }

    public byte[] ExportPkcs8Key() => _key.ExportPkcs8PrivateKey();

    /// <summary>A new key and a certificate for it.</summary>
    public IssuedX509Svid Issue(Entry entry)
    {
        DateTimeOffset now = DateTimeOffset.UtcNow;
        DateTimeOffset end = now + entry.Ttl;
        return Issue(entry, now, end < ExpiresAt ? end : ExpiresAt);
    }

    /// <summary>A new key and a certificate for it that has expired.</summary>
    public IssuedX509Svid IssueExpired(Entry entry)
    {
        DateTimeOffset now = DateTimeOffset.UtcNow;
        return Issue(entry, now, now - (s_backdate / 2));
    }

    private IssuedX509Svid Issue(Entry entry, DateTimeOffset now, DateTimeOffset end)
    {
        using AsymmetricAlgorithm key = KeyTypes.CreateKey(entry.KeyType);
        CertificateRequest request = CertificateRequests.ForSvid(entry, key, Certificate);
        byte[] serialNumber = CertificateRequests.CreateSerialNumber();
        lock (_lock)
        {
            _neededUntil = end > _neededUntil ? end : _neededUntil;
            using X509Certificate2 certificate = request.Create(
                Certificate.SubjectName, _generator, now - s_backdate, end, serialNumber);
            return new IssuedX509Svid(this, certificate.RawData, key.ExportPkcs8PrivateKey(), now, end);
        }
    }
}
