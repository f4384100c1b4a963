using System.Formats.Asn1;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using Spiffe.Testing;

namespace Spiffe.Tests.X509;

/// <summary>The private key of an X509-SVID: that it is one, and the certificate's.</summary>
public sealed class X509SvidKeyTests
{
    private const int P256PointLength = 64;

    private static readonly SpiffeId s_web = SpiffeId.Parse("spiffe://example.org/web");
    private static readonly TestAuthority s_authority = TestAuthority.Create();

    [Theory]
    [InlineData(TestKeyType.EcP256, "ECDSA P-256")]
    [InlineData(TestKeyType.EcP384, "ECDSA P-384")]
    [InlineData(TestKeyType.Rsa2048, "RSA 2048")]
    public void The_certificate_signs_with_its_private_key(TestKeyType keyType, string described)
    {
        X509Svid svid = Read(Issue(keyType));
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
    [Trait("Clause", "A-12")]
    public void The_key_of_another_certificate_is_refused()
    {
        IssuedSvid issued = Issue();

        Assert.Equal(SpiffeErrorReason.SvidInvalid, Refusal(issued, Issue().Pkcs8Key));
        Assert.Equal(
            SpiffeErrorReason.SvidInvalid, Refusal(issued, Issue(TestKeyType.EcP384).Pkcs8Key));
        Assert.Equal(
            SpiffeErrorReason.SvidInvalid, Refusal(issued, Issue(TestKeyType.Rsa2048).Pkcs8Key));
    }

    [Fact]
    [Trait("Clause", "A-12")]
    public void A_key_without_its_public_key_is_compared_too()
    {
        IssuedSvid issued = Issue();

        Assert.True(Read(issued, WithoutPublicKey(issued.Pkcs8Key)).Certificate.HasPrivateKey);
        Assert.Equal(SpiffeErrorReason.SvidInvalid, Refusal(issued, WithoutPublicKey(Issue().Pkcs8Key)));
    }

    [Fact]
    [Trait("Clause", "A-12")]
    public void A_key_that_does_not_match_its_public_key_is_never_returned()
    {
        IssuedSvid issued = Issue();
        byte[] lie = Issue().Pkcs8Key;
        issued.Pkcs8Key.AsSpan()[^P256PointLength..].CopyTo(lie.AsSpan()[^P256PointLength..]);

        X509Svid svid = Read(issued, lie);

        Assert.Throws<SpiffeException>(() => svid.Certificate);
    }

    [Fact]
    [Trait("Clause", "A-12")]
    public void A_key_that_is_not_one_unencrypted_PKCS8_key_is_refused()
    {
        IssuedSvid issued = Issue();
        using ECDsa key = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        byte[] encrypted = key.ExportEncryptedPkcs8PrivateKey(
            "x", new PbeParameters(PbeEncryptionAlgorithm.Aes256Cbc, HashAlgorithmName.SHA256, iterationCount: 1000));

        Assert.Equal(SpiffeErrorReason.ResponseInvalid, Refusal(issued, [.. issued.Pkcs8Key, 0]));
        Assert.Equal(SpiffeErrorReason.ResponseInvalid, Refusal(issued, issued.Pkcs8Key[..^1]));
        Assert.Equal(SpiffeErrorReason.ResponseInvalid, Refusal(issued, key.ExportECPrivateKey()));
        Assert.Equal(SpiffeErrorReason.ResponseInvalid, Refusal(issued, encrypted));
        Assert.Equal(SpiffeErrorReason.ResponseInvalid, Refusal(issued, [1, 2, 3]));
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

    private static X509Svid Read(IssuedSvid issued) => Read(issued, issued.Pkcs8Key);

    private static SpiffeErrorReason Refusal(IssuedSvid issued, byte[] key) =>
        Assert.Throws<SpiffeException>(() => Read(issued, key)).Reason;

    private static X509Svid Read(IssuedSvid issued, byte[] key) => X509Svid.FromDer(
        s_web, "", isDefault: true, issued.Der, key, SpiffeBundle.FromX509Der(s_web.TrustDomain, s_authority.BundleDer), []);

    private static IssuedSvid Issue(TestKeyType keyType = TestKeyType.EcP256) => s_authority.Issue(s_web.ToString(), keyType);
}
