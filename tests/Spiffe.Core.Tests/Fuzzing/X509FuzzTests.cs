using System.Formats.Asn1;
using System.Security.Cryptography.X509Certificates;
using Spiffe.Testing;
using Spiffe.Testing.Fuzzing;
using Spiffe.Tests.X509;

namespace Spiffe.Tests.Fuzzing;

/// <summary>Changed certificates and revocation lists: the verifier has an answer to all of them.</summary>
public sealed class X509FuzzTests : VerifierTest
{
    private static readonly byte[] s_tokens =
    [
        0x00, 0x01, 0x02, 0x03, 0x04, 0x05, 0x06, 0x0c, 0x13, 0x16, 0x17, 0x1e, 0x30, 0x31, 0x7f, 0x80, 0x81, 0x82, 0x84, 0x86, 0x87,
        0xa0, 0xa1, 0xa3, 0xa4, 0xff, (byte)'s', (byte)'/', (byte)'.', (byte)'@',
    ];

    private static readonly X509Extension s_constraints = TestExtensions.NameConstraints(
        ["URI:example.org", "URI:.org"], ["dir:CN=x", "DNS:b.org", "IP:0A000000FF000000", "email:x@y"]);

    private static readonly TestSigner s_signer = Root.IssueSigner("CN=Signer", SignerWith(s_constraints));
    private static readonly TestSigner s_leaf = s_signer.Issue();

    private static readonly X509Extension[] s_ofLeaf =
    [
        TestExtensions.Names(critical: false, "URI:spiffe://example.org/web", "DNS:a.org", "IP:0B000001", "email:a@b", "dir:CN=y"),
        TestExtensions.KeyUsage(X509KeyUsageFlags.DigitalSignature),
        TestExtensions.ExtendedKeyUsage(critical: false, "1.3.6.1.5.5.7.3.1", "1.3.6.1.5.5.7.3.2"),
        TestExtensions.BasicConstraints(isAuthority: false),
        TestExtensions.Unknown(critical: true),
    ];

    private static readonly X509Extension[] s_ofSigner =
    [
        TestExtensions.BasicConstraints(isAuthority: true, pathLength: 1),
        TestExtensions.KeyUsage(X509KeyUsageFlags.KeyCertSign),
        TestExtensions.Uris("spiffe://example.org"),
        s_constraints,
    ];

    private readonly ITestOutputHelper _output;

    public X509FuzzTests(ITestOutputHelper output) => _output = output;

    [Fact]
    [Trait("Clause", "X-23")]
    public void Any_bytes_are_certificates_that_verify_or_are_refused() => Feed(
        [
            [.. s_leaf.Certificate.RawData, .. s_signer.Certificate.RawData],
            Root.Issue(rsa: true).Certificate.RawData,
            TestSigner.CreateRoot(rsa: true).Certificate.RawData,
        ],
        der => der,
        der => VerifyList(der, isBundle: true));

    [Fact]
    [Trait("Clause", "X-23")]
    public void Any_extension_of_a_leaf_under_a_good_signature_verifies_or_is_refused() => Feed(
        WithIndex(s_ofLeaf),
        input => [.. Encode(s_signer, LeafWith(Change(s_ofLeaf, input))), .. s_signer.Certificate.RawData],
        der => VerifyList(der));

    [Fact]
    [Trait("Clause", "X-23")]
    public void Any_extension_of_a_signer_under_a_good_signature_verifies_or_is_refused() => Feed(
        WithIndex(s_ofSigner),
        input => [.. s_leaf.Certificate.RawData, .. Encode(Root, SignerWith(Change(s_ofSigner, input)))],
        der => VerifyList(der));

    [Fact]
    [Trait("Clause", "X-23")]
    public void Any_subject_under_a_good_signature_verifies_or_is_refused() => Feed(
        [[0x0c, .. "Leaf"u8], [0x13, .. "X  y"u8], [0x1e, 0x00, (byte)'x'], [0x14, .. " x"u8], [0x0c, 0xef, 0xbf, 0xbe]],
        input => [.. Encode(s_signer, TestSigner.LeafExtensions(), NameOf(input)), .. s_signer.Certificate.RawData],
        der => VerifyList(der));

    [Fact]
    [Trait("Clause", "A-14")]
    public void Any_bytes_are_a_revocation_list_or_are_refused() => Feed(
        [
            Root.CreateRevocationList(DateTimeOffset.UtcNow.AddHours(1), Root.Certificate),
            Root.CreateRevocationList(DateTimeOffset.UtcNow.AddHours(1), s_leaf.Certificate, s_signer.Certificate),
        ],
        der => der,
        der =>
        {
            X509RevocationList list = X509RevocationList.Parse(der);
            Assert.NotEmpty($"{list} {list.IssuedAt} {list.NextUpdate}");
            Accept(Verify(s_leaf, [Root], [s_signer], new() { ChecksRevocation = true, RevocationLists = [list] }));
        });

    private static IEnumerable<byte[]> WithIndex(X509Extension[] extensions) =>
        extensions.Select((extension, index) => (byte[])[(byte)index, .. extension.RawData]);

    /// <summary>The first byte says which extension has the others as its value.</summary>
    private static X509Extension Change(X509Extension[] extensions, byte[] input)
    {
        X509Extension old = extensions[input.Length > 0 ? input[0] % extensions.Length : 0];
        return new X509Extension(old.Oid!, input.Length > 0 ? input[1..] : [], old.Critical);
    }

    /// <summary>A name whose value has the first byte as its type, if that is one, and the others as its content.</summary>
    private static byte[] NameOf(byte[] input) => input is [> 0 and < 0x1f, ..]
        ? RawCertificate.CommonName((UniversalTagNumber)input[0], input[1..])
        : RawCertificate.CommonName(UniversalTagNumber.UTF8String, input);

    private static byte[] Encode(TestSigner signer, X509Extension[] extensions, byte[]? subject = null) => new RawCertificate
    {
        Subject = subject ?? s_signer.Certificate.SubjectName.RawData,
        PublicKey = s_signer.Certificate.PublicKey.ExportSubjectPublicKeyInfo(),
        Extensions = extensions,
    }.Encode(signer);

    private static void VerifyList(byte[] der, bool isBundle = false)
    {
        List<X509Certificate2> certificates = CertificateList.ParseDer(der, SpiffeErrorReason.SvidInvalid, "The input");
        try
        {
            SpiffeBundle bundle = new(ExampleOrg, isBundle ? [.. certificates, Root.Certificate] : [Root.Certificate]);
            Accept(X509SvidVerifier.Verify(certificates[0], certificates[1..], [bundle]));
        }
        finally
        {
            certificates.ForEach(certificate => certificate.Dispose());
        }
    }

    private static void Accept(X509SvidVerification verification)
    {
        Assert.Equal(verification.Valid, verification.FirstFailure is null);
        Assert.All(verification.Checks, check => Assert.DoesNotContain(check.Found, char.IsControl));
        if (verification.FirstFailure is { } failure)
        {
            throw new SpiffeException(SpiffeErrorReason.SvidInvalid, failure.ToString());
        }
    }

    private void Feed(IEnumerable<byte[]> seeds, Func<byte[], byte[]> prepare, Action<byte[]> verify)
    {
        FuzzReport report = new ParserFuzz<SpiffeException>(bytesPerUnit: 128).FeedBytes(seeds, s_tokens, prepare, verify);

        _output.WriteLine(report.ToString());
        Assert.True(report is { Accepted: > 0, Refused: > 0 }, report.ToString());
    }
}
