using System.Security.Cryptography.X509Certificates;
using Spiffe.Testing;
using Spiffe.Testing.Fuzzing;

namespace Spiffe.Tests.Fuzzing;

/// <summary>Some thousand inputs for each parser; the environment variable SPIFFE_FUZZ_COUNT asks for more.</summary>
public sealed class ParserFuzzTests
{
    private const string Tokens = "spiffe://unixtcpnpipe:[]@?#%\\.-_AZaz0159 \t\n\0\u007f\u00e9\u0130\u212a\ud800\udc00\uffff";

    private readonly ITestOutputHelper _output;

    public ParserFuzzTests(ITestOutputHelper output) => _output = output;

    [Fact]
    [Trait("Clause", "ID-5")]
    public void Any_text_is_a_SPIFFE_ID_or_is_refused() => Expect(new ParserFuzz<SpiffeException>(bytesPerUnit: 32).FeedText(
        [
            "", "spiffe://", "spiffe://td", "spiffe://example.org/web/api", "spiffe://10.0.0.1/a", "spiffe://-a_./.../.a/..a",
            "SPIFFE://Example.org/x", "spiffe://u@td:80/x?y#z", "spiffe://td/" + new string('a', 2036),
            "spiffe://" + new string('b', 255) + "/c", "spiffe://td" + string.Concat(Enumerable.Repeat("/d", 1000)),
        ],
        Tokens,
        text => Assert.Equal(text, SpiffeId.Parse(text).ToString())));

    [Fact]
    [Trait("Clause", "ID-10")]
    public void Any_text_is_a_trust_domain_or_is_refused() => Expect(new ParserFuzz<SpiffeException>(bytesPerUnit: 32).FeedText(
        ["", "td", "example.org", "10.0.0.1", "-a_.", "Example.org", "spiffe://td", new string('b', 255)],
        Tokens,
        text => Assert.Equal(text, TrustDomain.Parse(text).Name)));

    [Fact]
    [Trait("Clause", "E-8")]
    public void Any_text_is_an_endpoint_or_is_refused() => Expect(new ParserFuzz<SpiffeException>(bytesPerUnit: 256).FeedText(
        [
            "", "unix:///run/agent.sock", "unix:/run/a%20b.sock", "/run/agent.sock", "tcp://127.0.0.1:8081", "tcp://[::1]:65535",
            "tcp://[1:2:3:4:5:6:7::]:80", "tcp://[::ffff:127.0.0.1]:1", @"npipe:spire-agent\public\api", @"\\.\pipe\a\b",
            "unix:///" + new string('%', 300), "tcp://[" + new string(':', 300), "npipe:" + new string('\\', 300),
        ],
        Tokens,
        text =>
        {
            WorkloadApiEndpoint endpoint = WorkloadApiEndpoint.ParseUserInput(text);
            Assert.Equal(endpoint, WorkloadApiEndpoint.Parse(endpoint.ToString()));
        }));

    [Fact]
    [Trait("Clause", "A-11")]
    public void Any_bytes_are_a_list_of_certificates_or_are_refused()
    {
        TestAuthority authority = TestAuthority.Create();
        TestAuthority intermediate = authority.CreateIntermediate();
        byte[] leaf = authority.Issue("spiffe://example.org/web").Der;
        Expect(new ParserFuzz<SpiffeException>(bytesPerUnit: 64).FeedBytes(
            [
                [], leaf, authority.BundleDer, intermediate.Issue("spiffe://example.org/web").Der,
                [.. leaf, .. leaf, .. authority.BundleDer], TestAuthority.Create(keyType: TestKeyType.Rsa2048).BundleDer,
            ],
            [0x00, 0x01, 0x02, 0x03, 0x04, 0x05, 0x06, 0x0c, 0x16, 0x17, 0x30, 0x31, 0x7f, 0x80, 0x81, 0x82, 0x84, 0x86, 0xa0, 0xa3, 0xff],
            Read));
    }

    /// <summary>As a message's bundle and as its leaf: whatever can be read of a certificate is read.</summary>
    private static void Read(byte[] der)
    {
        List<EncodedCertificate> certificates = CertificateList.ReadDer(der, SpiffeErrorReason.ResponseInvalid, () => "The input");
        Assert.Equal(der, CertificateList.ToDer(certificates));
        foreach (EncodedCertificate certificate in certificates)
        {
            // What was read can be loaded later.
            using X509Certificate2 loaded = certificate.Loaded;
            Assert.True(certificate.Content is null || certificate.Der.Span.SequenceEqual(loaded.RawDataMemory.Span));
            X509SvidRules.CheckLeaf(certificate);
        }
    }

    private void Expect(FuzzReport report)
    {
        _output.WriteLine(report.ToString());
        Assert.True(report is { Accepted: > 0, Refused: > 0 }, report.ToString());
    }
}
