using System.Formats.Asn1;
using System.Security.Cryptography;
using Spiffe.Testing;

namespace Spiffe.Tests.X509;

/// <summary>Certificates that are made in order to do harm get an answer like all others.</summary>
public sealed class HostileCertificateTests : VerifierTest
{
    private const string NamedP256 = "06082A8648CE3D030107";

    private static readonly TestSigner s_signer = Root.IssueSigner("CN=Signer");
    private static readonly byte[] s_key = s_signer.Certificate.PublicKey.ExportSubjectPublicKeyInfo();

    [Theory]
    [InlineData(NamedP256, true)]
    [InlineData("06082A8648CE3D030101", false)]
    [InlineData("06082A8648CE3D030104", false)]
    [InlineData("06082A8648CE3D03017F", false)]
    [InlineData("06052B8104000A", false)]
    [InlineData("0500", false)]
    [InlineData("", false)]
    [Trait("Clause", "X-23")]
    public void A_signer_has_signed_nothing_with_a_key_on_another_curve_or_on_none(string curve, bool expected) =>
        Assert.Equal(expected, VerifyWithKeyOfSigner(WithCurve(Convert.FromHexString(curve))));

    [Fact]
    [Trait("Clause", "X-23")]
    public void A_signer_has_signed_nothing_with_a_key_on_a_curve_of_its_own_description()
    {
        using ECDsa key = ECDsa.Create();
        key.ImportPkcs8PrivateKey(s_signer.Pkcs8Key, out _);
        using ECDsa described = ECDsa.Create(key.ExportExplicitParameters(includePrivateParameters: false));

        Assert.True(VerifyWithKeyOfSigner(key.ExportSubjectPublicKeyInfo()));
        Assert.False(VerifyWithKeyOfSigner(described.ExportSubjectPublicKeyInfo()));
    }

    [Theory]
    [InlineData(UniversalTagNumber.UTF8String, "61EFBFBE62")]
    [InlineData(UniversalTagNumber.UTF8String, "61EFBFBF62")]
    [InlineData(UniversalTagNumber.BMPString, "0061FFFE0062")]
    [Trait("Clause", "X-23")]
    public void A_subject_that_is_not_text_violates_a_constraint(UniversalTagNumber type, string value)
    {
        TestSigner permitting = Root.IssueSigner("CN=Permitting", SignerWith(TestExtensions.NameConstraints(["dir:CN=x"], [])));
        TestSigner excluding = Root.IssueSigner("CN=Excluding", SignerWith(TestExtensions.NameConstraints([], ["dir:CN=x"])));

        Assert.All([permitting, excluding], signer => AssertRefused(VerifyLeafOf(signer, type, value), "RFC 5280 4.2.1.10"));
        AssertValid(VerifyLeafOf(s_signer, type, value));
    }

    /// <summary>The signer's certificate with something else in it where its key names the curve.</summary>
    private static byte[] WithCurve(byte[] parameters)
    {
        AsnReader key = new AsnReader(s_key, AsnEncodingRules.DER).ReadSequence();
        AsnReader algorithm = key.ReadSequence();
        AsnWriter writer = new(AsnEncodingRules.BER);
        using (writer.PushSequence())
        {
            using (writer.PushSequence())
            {
                writer.WriteEncodedValue(algorithm.ReadEncodedValue().Span);
                for (AsnReader values = new(parameters, AsnEncodingRules.DER); values.HasData;)
                {
                    writer.WriteEncodedValue(values.ReadEncodedValue().Span);
                }
            }

            writer.WriteEncodedValue(key.ReadEncodedValue().Span);
        }

        return writer.Encode();
    }

    private static bool VerifyWithKeyOfSigner(byte[] publicKey)
    {
        RawCertificate signer = new()
        {
            Subject = s_signer.Certificate.SubjectName.RawData,
            PublicKey = publicKey,
            Extensions = TestSigner.SignerExtensions,
        };
        return X509SvidVerifier.Verify(s_signer.Issue().Certificate, [signer.SignedBy(Root)], [Bundle(Root)]).Valid;
    }

    private static X509SvidVerification VerifyLeafOf(TestSigner signer, UniversalTagNumber type, string value)
    {
        RawCertificate leaf = new()
        {
            Subject = RawCertificate.CommonName(type, Convert.FromHexString(value)),
            PublicKey = s_key,
            Extensions = TestSigner.LeafExtensions(),
        };
        return X509SvidVerifier.Verify(leaf.SignedBy(signer), [signer.Certificate], [Bundle(Root)]);
    }
}
