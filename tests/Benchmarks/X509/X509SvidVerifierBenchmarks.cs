using System.Formats.Asn1;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using BenchmarkDotNet.Attributes;
using Spiffe.Testing;

namespace Spiffe.Benchmarks.X509;

/// <summary>Goal: leaf, intermediate and authority in 1.5 times of two bare signature verifications plus parsing.</summary>
public class X509SvidVerifierBenchmarks
{
    private byte[] _leaf = [];
    private byte[] _intermediate = [];
    private SpiffeBundle[] _bundles = [];
    private X509Certificate2[] _authorities = [];

    /// <summary>Keys of all certificates.</summary>
    [Params(false, true)]
    public bool Rsa { get; set; }

    [GlobalSetup]
    public void CreateCertificates()
    {
        TestSigner root = TestSigner.CreateRoot(rsa: Rsa);
        TestSigner intermediate = root.Issue("CN=Intermediate", TestSigner.SignerExtensions, rsa: Rsa);
        _leaf = intermediate.Issue(rsa: Rsa).Certificate.RawData;
        _intermediate = intermediate.Certificate.RawData;
        _authorities = [X509CertificateLoader.LoadCertificate(root.Certificate.RawData)];
        _bundles = [new SpiffeBundle(TrustDomain.Parse("example.org"), _authorities)];
        if (!Verify() || !VerifyBare())
        {
            throw new InvalidOperationException("What is measured does not verify.");
        }
    }

    /// <summary>Both certificates loaded, their signatures verified with the signers' keys, and nothing else looked at.</summary>
    [Benchmark(Baseline = true)]
    public bool VerifyBare()
    {
        using X509Certificate2 leaf = X509CertificateLoader.LoadCertificate(_leaf);
        using X509Certificate2 intermediate = X509CertificateLoader.LoadCertificate(_intermediate);
        return IsSignedBy(leaf, intermediate) && IsSignedBy(intermediate, _authorities[0]);
    }

    [Benchmark]
    public bool Verify()
    {
        using X509Certificate2 leaf = X509CertificateLoader.LoadCertificate(_leaf);
        using X509Certificate2 intermediate = X509CertificateLoader.LoadCertificate(_intermediate);
        return X509SvidVerifier.Verify(leaf, [intermediate], _bundles).Valid;
    }

    private bool IsSignedBy(X509Certificate2 certificate, X509Certificate2 signer)
    {
        AsnReader parts = new AsnReader(certificate.RawDataMemory, AsnEncodingRules.DER).ReadSequence();
        ReadOnlySpan<byte> content = parts.ReadEncodedValue().Span;
        parts.ReadEncodedValue();
        byte[] signature = parts.ReadBitString(out _);
        if (Rsa)
        {
            using RSA rsa = signer.GetRSAPublicKey()!;
            return rsa.VerifyData(content, signature, HashAlgorithmName.SHA256, RSASignaturePadding.Pkcs1);
        }

        using ECDsa ecdsa = signer.GetECDsaPublicKey()!;
        return ecdsa.VerifyData(content, signature, HashAlgorithmName.SHA256, DSASignatureFormat.Rfc3279DerSequence);
    }
}
