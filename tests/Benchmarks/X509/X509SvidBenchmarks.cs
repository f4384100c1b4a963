using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using BenchmarkDotNet.Attributes;
using Spiffe.Testing;

namespace Spiffe.Benchmarks.X509;

/// <summary>What it saves to load an SVID's certificate and key when they are first asked for.</summary>
public class X509SvidBenchmarks
{
    private IssuedSvid _issued = null!;
    private SpiffeBundle _bundle = null!;
    private SpiffeId _id = null!;

    /// <summary>Key of the leaf, and of its signer.</summary>
    [Params(false, true)]
    public bool Rsa { get; set; }

    [GlobalSetup]
    public void Issue()
    {
        _id = SpiffeId.Parse("spiffe://example.org/service");
        TestAuthority authority = TestAuthority.Create(keyType: Rsa ? TestKeyType.Rsa2048 : TestKeyType.EcP256);
        _issued = authority.Issue(_id.ToString(), Rsa ? TestKeyType.Rsa2048 : TestKeyType.EcP256);
        _bundle = SpiffeBundle.FromX509Der(_id.TrustDomain, authority.Certificate.RawData);
    }

    /// <summary>What the base library takes for a certificate that holds its key.</summary>
    [Benchmark(Baseline = true)]
    public bool LoadCertificateWithKey()
    {
        using X509Certificate2 certificate = X509CertificateLoader.LoadCertificate(_issued.Leaf.RawData);
        using AsymmetricAlgorithm key = ImportKey();
        using X509Certificate2 whole = key is RSA rsa
            ? certificate.CopyWithPrivateKey(rsa)
            : certificate.CopyWithPrivateKey((ECDsa)key);
        return whole.HasPrivateKey;
    }

    /// <summary>The key's part of it: OpenSSL decodes it.</summary>
    [Benchmark]
    public bool LoadKey()
    {
        using AsymmetricAlgorithm key = ImportKey();
        return key.KeySize > 0;
    }

    /// <summary>All checks of an SVID that has arrived, without loading either.</summary>
    [Benchmark]
    public X509Svid Read() => X509Svid.FromDer(_id, string.Empty, isDefault: true, _issued.Der, _issued.Pkcs8Key, _bundle, []);

    [Benchmark]
    public bool ReadAndLoad()
    {
        using X509Certificate2 certificate = Read().Certificate;
        return certificate.HasPrivateKey;
    }

    private AsymmetricAlgorithm ImportKey()
    {
        AsymmetricAlgorithm key = Rsa ? RSA.Create() : ECDsa.Create();
        key.ImportPkcs8PrivateKey(_issued.Pkcs8Key, out _);
        return key;
    }
}
