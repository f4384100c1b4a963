using System.Formats.Asn1;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using Spiffe.Testing;

namespace Spiffe.Tests.X509;

public sealed class X509SvidTests
{
    private const string Web = "spiffe://example.org/web";
    private const int P256PointLength = 64;

    private static readonly TestAuthority s_authority = TestAuthority.Create();

    [Theory]
    [InlineData(TestKeyType.EcP256, "ECDSA P-256")]
    [InlineData(TestKeyType.EcP384, "ECDSA P-384")]
    [InlineData(TestKeyType.Rsa2048, "RSA 2048")]
    public void The_certificate_signs_with_its_private_key(TestKeyType keyType, string described)
    {
        X509Svid svid = Read(s_authority.Issue(Web, keyType));
        byte[] data = [1, 2, 3];

        Assert.Equal(described, svid.KeyAlgorithm);
        Assert.True(svid.Certificate.HasPrivateKey);
        if (keyType == TestKeyType.Rsa2048)
        {
            byte[] signature = svid.Certificate.GetRSAPrivateKey()!
                .SignData(data, HashAlgorithmName.SHA256, RSASignaturePadding.Pkcs1);
            Assert.True(svid.Certificate.GetRSAPublicKey()!
                .VerifyData(data, signature, HashAlgorithmName.SHA256, RSASignaturePadding.Pkcs1));
        }
        else
        {
            byte[] signature = svid.Certificate.GetECDsaPrivateKey()!.SignData(data, HashAlgorithmName.SHA256);
            Assert.True(svid.Certificate.GetECDsaPublicKey()!.VerifyData(data, signature, HashAlgorithmName.SHA256));
        }
    }

    [Fact]
    [Trait("Clause", "A-11")]
    public void Intermediates_follow_the_leaf_in_their_order()
    {
        TestAuthority lower = s_authority.CreateIntermediate().CreateIntermediate();
        IssuedSvid issued = lower.Issue(Web);

        X509Svid svid = Read(issued);

        Assert.Equal(issued.Leaf.Thumbprint, svid.Thumbprint);
        Assert.Equal(
            issued.Intermediates.Select(certificate => certificate.Thumbprint),
            svid.Chain.Select(certificate => certificate.Thumbprint));
        Assert.Equal(2, svid.Chain.Count);
    }

    [Fact]
    [Trait("Clause", "A-11")]
    public void Bytes_behind_the_last_certificate_are_refused()
    {
        IssuedSvid issued = s_authority.Issue(Web);

        Assert.Equal(SpiffeErrorReason.ResponseInvalid, Refusal(Web, [.. issued.Der, 0], issued.Pkcs8Key));
        Assert.Equal(SpiffeErrorReason.ResponseInvalid, Refusal(Web, issued.Der[..^1], issued.Pkcs8Key));
        Assert.Equal(SpiffeErrorReason.ResponseInvalid, Refusal(Web, [0x30, 0x00], issued.Pkcs8Key));
        Assert.Equal(SpiffeErrorReason.ResponseInvalid, Refusal(Web, [], issued.Pkcs8Key));
    }

    [Fact]
    [Trait("Clause", "A-12")]
    public void The_key_of_another_certificate_is_refused()
    {
        IssuedSvid issued = s_authority.Issue(Web);

        Assert.Equal(SpiffeErrorReason.SvidInvalid, Refusal(Web, issued.Der, s_authority.Issue(Web).Pkcs8Key));
        Assert.Equal(
            SpiffeErrorReason.SvidInvalid, Refusal(Web, issued.Der, s_authority.Issue(Web, TestKeyType.EcP384).Pkcs8Key));
        Assert.Equal(
            SpiffeErrorReason.SvidInvalid, Refusal(Web, issued.Der, s_authority.Issue(Web, TestKeyType.Rsa2048).Pkcs8Key));
    }

    [Fact]
    [Trait("Clause", "A-12")]
    public void A_key_without_its_public_key_is_compared_too()
    {
        IssuedSvid issued = s_authority.Issue(Web);

        Assert.True(Read(issued with { Pkcs8Key = WithoutPublicKey(issued.Pkcs8Key) }).Certificate.HasPrivateKey);
        Assert.Equal(SpiffeErrorReason.SvidInvalid, Refusal(Web, issued.Der, WithoutPublicKey(s_authority.Issue(Web).Pkcs8Key)));
    }

    [Fact]
    [Trait("Clause", "A-12")]
    public void A_key_that_lies_about_its_public_key_is_never_given_out()
    {
        IssuedSvid issued = s_authority.Issue(Web);
        byte[] lie = s_authority.Issue(Web).Pkcs8Key;
        issued.Pkcs8Key.AsSpan()[^P256PointLength..].CopyTo(lie.AsSpan()[^P256PointLength..]);

        X509Svid svid = Read(issued with { Pkcs8Key = lie });

        Assert.Throws<SpiffeException>(() => svid.Certificate);
    }

    [Fact]
    [Trait("Clause", "A-12")]
    public void A_key_that_is_not_one_unencrypted_PKCS8_key_is_refused()
    {
        IssuedSvid issued = s_authority.Issue(Web);
        using ECDsa key = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        byte[] encrypted = key.ExportEncryptedPkcs8PrivateKey(
            "x", new PbeParameters(PbeEncryptionAlgorithm.Aes256Cbc, HashAlgorithmName.SHA256, iterationCount: 1000));

        Assert.Equal(SpiffeErrorReason.ResponseInvalid, Refusal(Web, issued.Der, [.. issued.Pkcs8Key, 0]));
        Assert.Equal(SpiffeErrorReason.ResponseInvalid, Refusal(Web, issued.Der, issued.Pkcs8Key[..^1]));
        Assert.Equal(SpiffeErrorReason.ResponseInvalid, Refusal(Web, issued.Der, key.ExportECPrivateKey()));
        Assert.Equal(SpiffeErrorReason.ResponseInvalid, Refusal(Web, issued.Der, encrypted));
        Assert.Equal(SpiffeErrorReason.ResponseInvalid, Refusal(Web, issued.Der, [1, 2, 3]));
    }

    [Fact]
    [Trait("Clause", "ID-27")]
    public void An_id_that_is_not_the_certificates_is_refused()
    {
        IssuedSvid issued = s_authority.Issue(Web);

        Assert.Equal(
            SpiffeErrorReason.SvidInvalid, Refusal("spiffe://example.org/other", issued.Der, issued.Pkcs8Key));
    }

    public static TheoryData<string, LeafOptions> BadLeaves => new()
    {
        { "X-1", new LeafOptions { Uris = [] } },
        { "X-1", new LeafOptions { Uris = [], DnsNames = ["example.org"] } },
        { "X-2", new LeafOptions { Uris = [Web, "https://example.org/web"] } },
        { "X-28", new LeafOptions { Uris = ["https://example.org/web"] } },
        { "X-11", new LeafOptions { IsCertificateAuthority = true } },
        { "X-14", new LeafOptions { KeyUsage = null } },
        { "X-15", new LeafOptions { KeyUsageCritical = false } },
        { "X-17", new LeafOptions { KeyUsage = X509KeyUsageFlags.KeyEncipherment } },
        { "X-19", new LeafOptions { KeyUsage = X509KeyUsageFlags.DigitalSignature | X509KeyUsageFlags.KeyCertSign } },
        { "X-19", new LeafOptions { KeyUsage = X509KeyUsageFlags.DigitalSignature | X509KeyUsageFlags.CrlSign } },
    };

    [Theory]
    [MemberData(nameof(BadLeaves), DisableDiscoveryEnumeration = true)]
    public void A_leaf_that_breaks_a_rule_is_refused(string clause, LeafOptions options)
    {
        IssuedSvid issued = s_authority.Issue(options);

        SpiffeErrorReason reason = Refusal(Web, issued.Der, issued.Pkcs8Key);

        Assert.True(reason == SpiffeErrorReason.SvidInvalid, $"{clause}: {reason}");
    }

    [Fact]
    [Trait("Clause", "X-5")]
    public void A_leaf_with_the_trust_domains_own_id_is_refused()
    {
        IssuedSvid issued = s_authority.Issue(new LeafOptions { Uris = ["spiffe://example.org"] });

        Assert.Equal(SpiffeErrorReason.SvidInvalid, Refusal("spiffe://example.org", issued.Der, issued.Pkcs8Key));
    }

    [Fact]
    [Trait("Clause", "X-3")]
    public void DNS_names_beside_the_id_are_tolerated()
    {
        X509Svid svid = Read(s_authority.Issue(new LeafOptions { DnsNames = ["a.example.org"] }));

        Assert.Equal(Web, svid.SpiffeId.ToString());
        Assert.Equal("example.org", svid.TrustDomain.Name);
        Assert.Equal(Web, svid.ToString());
    }

    [Theory]
    [InlineData(X509KeyUsageFlags.KeyEncipherment)]
    [InlineData(X509KeyUsageFlags.KeyAgreement)]
    [InlineData(X509KeyUsageFlags.KeyEncipherment | X509KeyUsageFlags.KeyAgreement)]
    [Trait("Clause", "X-18")]
    public void Key_usages_for_key_exchange_are_tolerated(X509KeyUsageFlags usage)
    {
        IssuedSvid issued = s_authority.Issue(new LeafOptions { KeyUsage = X509KeyUsageFlags.DigitalSignature | usage });

        Assert.Equal(Web, Read(issued).SpiffeId.ToString());
    }

    [Fact]
    public void Equality_sees_document_hint_and_bundle()
    {
        IssuedSvid issued = s_authority.Issue(Web);

        Assert.Equal(Read(issued), Read(issued));
        Assert.NotEqual(Read(issued), Read(issued, hint: "internal"));
        Assert.NotEqual(Read(issued), Read(s_authority.Issue(Web)));
        Assert.NotEqual(Read(issued), Read(issued, authority: TestAuthority.Create()));
    }

    /// <summary>RFC 5915: the public key is optional.</summary>
    private static byte[] WithoutPublicKey(byte[] pkcs8)
    {
        AsnReader info = new AsnReader(pkcs8, AsnEncodingRules.DER).ReadSequence();
        AsnWriter writer = new(AsnEncodingRules.DER);
        using (writer.PushSequence())
        {
            writer.WriteEncodedValue(info.ReadEncodedValue().Span);
            writer.WriteEncodedValue(info.ReadEncodedValue().Span);
            AsnReader key = new AsnReader(info.ReadOctetString(), AsnEncodingRules.DER).ReadSequence();
            using (writer.PushOctetString())
            using (writer.PushSequence())
            {
                writer.WriteEncodedValue(key.ReadEncodedValue().Span);
                writer.WriteEncodedValue(key.ReadEncodedValue().Span);
            }
        }

        return writer.Encode();
    }

    private static X509Svid Read(IssuedSvid issued, string hint = "", TestAuthority? authority = null)
    {
        SpiffeId id = SpiffeId.Parse(Web);
        SpiffeBundle bundle = SpiffeBundle.FromX509Der(id.TrustDomain, (authority ?? s_authority).BundleDer);
        return X509Svid.FromDer(id, hint, isDefault: true, issued.Der, issued.Pkcs8Key, bundle, []);
    }

    private static SpiffeErrorReason Refusal(string id, byte[] certificates, byte[] key)
    {
        SpiffeId spiffeId = SpiffeId.Parse(id);
        SpiffeBundle bundle = SpiffeBundle.FromX509Der(spiffeId.TrustDomain, s_authority.BundleDer);
        return Assert.Throws<SpiffeException>(() =>
            X509Svid.FromDer(spiffeId, "", isDefault: true, certificates, key, bundle, [])).Reason;
    }
}
