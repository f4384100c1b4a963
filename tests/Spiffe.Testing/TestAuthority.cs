using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;

namespace Spiffe.Testing;

/// <summary>An X.509 authority, with or without others above it.</summary>
public sealed class TestAuthority
{
    private static readonly DateTimeOffset s_notBefore = DateTimeOffset.UtcNow.AddMinutes(-1);

    private readonly IReadOnlyList<X509Certificate2> _above;

    private TestAuthority(string trustDomain, X509Certificate2 certificate, IReadOnlyList<X509Certificate2> above)
    {
        TrustDomain = trustDomain;
        Certificate = certificate;
        _above = above;
    }

    public string TrustDomain { get; }

    public X509Certificate2 Certificate { get; }

    /// <summary>The bundle as the Workload API sends it.</summary>
    public byte[] BundleDer => Certificate.RawData;

    public static TestAuthority Create(string trustDomain = "example.org", TestKeyType keyType = TestKeyType.EcP256)
    {
        CertificateRequest request = CreateRequest(keyType, $"CN=Root of {trustDomain}", out AsymmetricAlgorithm key);
        using (key)
        {
            AddSignerExtensions(request, trustDomain);
            X509Certificate2 certificate = request.CreateSelfSigned(s_notBefore, s_notBefore.AddDays(1));
            return new TestAuthority(trustDomain, certificate, []);
        }
    }

    /// <summary>An authority below this one, whose certificate SVIDs carry as an intermediate.</summary>
    public TestAuthority CreateIntermediate()
    {
        CertificateRequest request = CreateRequest(TestKeyType.EcP256, $"CN=Intermediate of {TrustDomain}", out AsymmetricAlgorithm key);
        using (key)
        {
            AddSignerExtensions(request, TrustDomain);
            X509Certificate2 certificate = Sign(request, TimeSpan.FromHours(12));
            return new TestAuthority(TrustDomain, certificate.CopyWithPrivateKey((ECDsa)key), [certificate, .. _above]);
        }
    }

    public IssuedSvid Issue(string spiffeId, TestKeyType keyType = TestKeyType.EcP256) =>
        Issue(new LeafOptions { Uris = [spiffeId], KeyType = keyType });

    public IssuedSvid Issue(LeafOptions options)
    {
        CertificateRequest request = CreateRequest(options.KeyType, "O=Test", out AsymmetricAlgorithm key);
        using (key)
        {
            AddLeafExtensions(request, options);
            return new IssuedSvid(Sign(request, options.Lifetime, options.NotBefore), key.ExportPkcs8PrivateKey(), _above);
        }
    }

    private static CertificateRequest CreateRequest(TestKeyType keyType, string subject, out AsymmetricAlgorithm key)
    {
        if (keyType == TestKeyType.Rsa2048)
        {
            RSA rsa = RSA.Create(2048);
            key = rsa;
            return new CertificateRequest(subject, rsa, HashAlgorithmName.SHA256, RSASignaturePadding.Pkcs1);
        }

        ECDsa ecdsa = ECDsa.Create(keyType == TestKeyType.EcP256 ? ECCurve.NamedCurves.nistP256 : ECCurve.NamedCurves.nistP384);
        key = ecdsa;
        return new CertificateRequest(subject, ecdsa, HashAlgorithmName.SHA256);
    }

    private static void AddSignerExtensions(CertificateRequest request, string trustDomain)
    {
        // System.Uri would add a slash.
        request.CertificateExtensions.Add(TestExtensions.Uris($"spiffe://{trustDomain}"));
        request.CertificateExtensions.Add(X509BasicConstraintsExtension.CreateForCertificateAuthority());
        request.CertificateExtensions.Add(new X509KeyUsageExtension(
            X509KeyUsageFlags.KeyCertSign | X509KeyUsageFlags.CrlSign, critical: true));
    }

    private static void AddLeafExtensions(CertificateRequest request, LeafOptions options)
    {
        SubjectAlternativeNameBuilder names = new();
        foreach (string uri in options.Uris)
        {
            names.AddUri(new Uri(uri));
        }

        foreach (string name in options.DnsNames)
        {
            names.AddDnsName(name);
        }

        if (options.Uris.Count + options.DnsNames.Count > 0)
        {
            request.CertificateExtensions.Add(names.Build());
        }

        request.CertificateExtensions.Add(new X509BasicConstraintsExtension(
            options.IsCertificateAuthority, hasPathLengthConstraint: false, pathLengthConstraint: 0, critical: true));
        if (options.KeyUsage is { } usage)
        {
            request.CertificateExtensions.Add(new X509KeyUsageExtension(usage, options.KeyUsageCritical));
        }

        // serverAuth and clientAuth
        request.CertificateExtensions.Add(new X509EnhancedKeyUsageExtension(
            [new Oid("1.3.6.1.5.5.7.3.1"), new Oid("1.3.6.1.5.5.7.3.2")], critical: false));
    }

    private X509Certificate2 Sign(CertificateRequest request, TimeSpan lifetime, DateTimeOffset? notBefore = null)
    {
        X509SignatureGenerator generator = Certificate.GetECDsaPrivateKey() is { } ecdsa
            ? X509SignatureGenerator.CreateForECDsa(ecdsa)
            : X509SignatureGenerator.CreateForRSA(Certificate.GetRSAPrivateKey()!, RSASignaturePadding.Pkcs1);
        return request.Create(
            Certificate.SubjectName,
            generator,
            notBefore ?? s_notBefore,
            (notBefore ?? DateTimeOffset.UtcNow) + lifetime,
            RandomNumberGenerator.GetBytes(16));
    }
}
