using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;

namespace Spiffe.Testing;

/// <summary>A certificate with its key that issues whatever it is told to, good or bad.</summary>
public sealed class TestSigner
{
    private readonly AsymmetricAlgorithm _key;

    private TestSigner(X509Certificate2 certificate, AsymmetricAlgorithm key)
    {
        Certificate = certificate;
        _key = key;
    }

    public X509Certificate2 Certificate { get; }

    public byte[] Pkcs8Key => _key.ExportPkcs8PrivateKey();

    /// <summary>The encoded AlgorithmIdentifier of what <see cref="Sign"/> makes.</summary>
    public byte[] SignatureAlgorithm => CreateGenerator(pss: false).GetSignatureAlgorithmIdentifier(HashAlgorithmName.SHA256);

    /// <summary>The extensions of a good signing certificate.</summary>
    public static X509Extension[] SignerExtensions =>
    [
        TestExtensions.BasicConstraints(isAuthority: true),
        TestExtensions.KeyUsage(X509KeyUsageFlags.KeyCertSign | X509KeyUsageFlags.CrlSign),
    ];

    /// <summary>The extensions of a good leaf.</summary>
    public static X509Extension[] LeafExtensions(string uri = "spiffe://example.org/web") =>
    [
        TestExtensions.Uris(uri),
        TestExtensions.BasicConstraints(isAuthority: false),
        TestExtensions.KeyUsage(X509KeyUsageFlags.DigitalSignature),
    ];

    public static TestSigner CreateRoot(
        string subject = "CN=Root", IEnumerable<X509Extension>? extensions = null, bool rsa = false, TestSigner? sameKey = null)
    {
        AsymmetricAlgorithm key = sameKey?._key ?? CreateKey(rsa);
        CertificateRequest request = CreateRequest(subject, key, extensions ?? SignerExtensions, pss: false);
        return new TestSigner(request.CreateSelfSigned(DateTimeOffset.UtcNow.AddHours(-1), DateTimeOffset.UtcNow.AddDays(1)), key);
    }

    /// <summary>A certificate signed by this one, a leaf or another signer.</summary>
    public TestSigner Issue(
        string subject = "CN=Leaf",
        IEnumerable<X509Extension>? extensions = null,
        DateTimeOffset? notBefore = null,
        DateTimeOffset? notAfter = null,
        bool rsa = false,
        bool pss = false,
        ECDsa? ownKey = null,
        HashAlgorithmName? hash = null)
    {
        AsymmetricAlgorithm key = ownKey ?? CreateKey(rsa);
        CertificateRequest request = CreateRequest(subject, key, extensions ?? LeafExtensions(), pss, hash);
        X509Certificate2 certificate = request.Create(
            Certificate.SubjectName,
            hash == HashAlgorithmName.SHA1 ? new Sha1SignatureGenerator((ECDsa)_key) : CreateGenerator(pss),
            notBefore ?? DateTimeOffset.UtcNow.AddMinutes(-5),
            notAfter ?? DateTimeOffset.UtcNow.AddHours(1),
            RandomNumberGenerator.GetBytes(16));
        return new TestSigner(certificate, key);
    }

    public TestSigner IssueSigner(string subject, params X509Extension[] extensions) =>
        Issue(subject, extensions.Length > 0 ? extensions : SignerExtensions);

    /// <summary>A signature over whatever bytes.</summary>
    public byte[] Sign(byte[] content) => CreateGenerator(pss: false).SignData(content, HashAlgorithmName.SHA256);

    /// <summary>A revocation list in DER.</summary>
    public byte[] CreateRevocationList(DateTimeOffset nextUpdate, params X509Certificate2[] revoked)
    {
        CertificateRevocationListBuilder builder = new();
        foreach (X509Certificate2 certificate in revoked)
        {
            builder.AddEntry(certificate, DateTimeOffset.UtcNow.AddMinutes(-1));
        }

        return builder.Build(
            Certificate.SubjectName,
            CreateGenerator(pss: false),
            crlNumber: 1,
            nextUpdate,
            HashAlgorithmName.SHA256,
            X509AuthorityKeyIdentifierExtension.CreateFromSubjectKeyIdentifier(new byte[20]),
            thisUpdate: nextUpdate.AddHours(-2));
    }

    private static AsymmetricAlgorithm CreateKey(bool rsa) => rsa ? RSA.Create(2048) : ECDsa.Create(ECCurve.NamedCurves.nistP256);

    private static CertificateRequest CreateRequest(
        string subject, AsymmetricAlgorithm key, IEnumerable<X509Extension> extensions, bool pss, HashAlgorithmName? hash = null)
    {
        HashAlgorithmName name = hash ?? HashAlgorithmName.SHA256;
        CertificateRequest request = key is RSA rsa
            ? new CertificateRequest(subject, rsa, name, pss ? RSASignaturePadding.Pss : RSASignaturePadding.Pkcs1)
            : new CertificateRequest(subject, (ECDsa)key, name);
        foreach (X509Extension extension in extensions)
        {
            request.CertificateExtensions.Add(extension);
        }

        return request;
    }

    private X509SignatureGenerator CreateGenerator(bool pss) => _key is RSA rsa
        ? X509SignatureGenerator.CreateForRSA(rsa, pss ? RSASignaturePadding.Pss : RSASignaturePadding.Pkcs1)
        : X509SignatureGenerator.CreateForECDsa((ECDsa)_key);
}
