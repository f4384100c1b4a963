using System.Security.Cryptography.X509Certificates;
using System.Text;
using Spiffe.Testing;
using Spiffe.Testing.Fuzzing;

namespace Spiffe.Tests.Fuzzing;

/// <summary>Bundle files of every format: what is read at all can be written, and reads back equal.</summary>
public sealed class BundleFuzzTests
{
    private const string JsonTokens = "{}[]\":,\\u0 \n-+.eE0123456789tfn/=_AQ\u007f\u00e9";
    private const string PemTokens = "----- \r\nBEGINDCRTFKY=+/AM0:\u0000\u00ff";

    private static readonly TrustDomain s_trustDomain = TrustDomain.Parse("example.org");
    private static readonly TestSigner s_root = TestSigner.CreateRoot();
    private static readonly TestSigner s_other = TestSigner.CreateRoot("CN=Other", rsa: true);

    private static readonly SpiffeBundle s_bundle = new(
        s_trustDomain,
        [s_root.Certificate, s_other.Certificate],
        SpiffeBundle.FromJwks(s_trustDomain, Encoding.UTF8.GetBytes(new TestJwtKey().Jwks)).JwtAuthorities,
        sequenceNumber: ulong.MaxValue,
        refreshHint: TimeSpan.FromMinutes(5));

    private readonly ITestOutputHelper _output;

    public BundleFuzzTests(ITestOutputHelper output) => _output = output;

    [Fact]
    [Trait("Clause", "B-3")]
    public void Any_bytes_are_a_SPIFFE_document_or_are_refused() => Feed(
        BundleFormat.Spiffe,
        JsonTokens,
        bundles => bundles[0].ToSpiffeJson(),
        s_bundle.ToSpiffeJson(),
        new SpiffeBundle(s_trustDomain, [s_root.Certificate]).ToSpiffeJson(),
        """{"keys":[],"spiffe_sequence":1,"spiffe_refresh_hint":600}""",
        """{"keys":[{"kty":"EC","use":"x509-svid","x5c":[]},{"kty":"OKP","use":"wit-svid"},7,[]],"more":{"a":[1e9,null,true]}}""");

    [Fact]
    [Trait("Clause", "A-27")]
    public void Any_bytes_are_a_JWK_Set_or_are_refused() => Feed(
        BundleFormat.Jwks,
        JsonTokens,
        bundles => bundles[0].ToJwks(),
        s_bundle.ToJwks(),
        new TestJwtKey().Jwks,
        """{"keys":[{"kty":"RSA","kid":"a","n":"AQAB","e":"AQAB","alg":"RS256","use":"sig"},{"kty":"oct","k":"AA"}],"\u006b":"\ud83d\ude00"}""");

    [Fact]
    [Trait("Clause", "B-16")]
    public void Any_bytes_are_a_bundle_map_or_are_refused() => Feed(
        BundleFormat.BundleMap,
        JsonTokens,
        SpiffeBundle.ToBundleMap,
        SpiffeBundle.ToBundleMap([s_bundle, new SpiffeBundle(TrustDomain.Parse("a"), [s_root.Certificate])]),
        """{"trust_domains":{"a":{"keys":[]},"\u0062":{"keys":[],"spiffe_refresh_hint":1}},"more":0}""");

    [Fact]
    public void Any_bytes_are_PEM_certificates_or_are_refused() => Feed(
        BundleFormat.Pem,
        PemTokens,
        bundles => bundles[0].ToPem(),
        s_bundle.ToPem(),
        "Root\r\n" + s_root.Certificate.ExportCertificatePem().ReplaceLineEndings("\r\n") + "\r\n# end",
        s_root.Certificate.ExportCertificatePem() + "-----BEGIN PRIVATE KEY-----\nAAAA\n-----END PRIVATE KEY-----");

    private void Feed(BundleFormat format, string tokens, Func<IReadOnlyList<SpiffeBundle>, string> write, params string[] seeds)
    {
        FuzzReport report = new ParserFuzz<SpiffeException>(bytesPerUnit: 128).FeedBytes(
            seeds.Select(Encoding.UTF8.GetBytes),
            Encoding.Latin1.GetBytes(tokens),
            content => ReadAndWrite(content, format, write));

        _output.WriteLine(report.ToString());
        Assert.True(report is { Accepted: > 0, Refused: > 0 }, report.ToString());
    }

    private static void ReadAndWrite(byte[] content, BundleFormat format, Func<IReadOnlyList<SpiffeBundle>, string> write)
    {
        BundleFile.FindFormat(content);
        IReadOnlyList<SpiffeBundle> bundles = BundleFile.Parse(content, format, s_trustDomain);
        try
        {
            string written = write(bundles);
            IReadOnlyList<SpiffeBundle> again = BundleFile.Parse(Encoding.UTF8.GetBytes(written), format, s_trustDomain);
            Assert.Equal(written, write(again));
            Dispose(again);
        }
        finally
        {
            Dispose(bundles);
        }
    }

    private static void Dispose(IReadOnlyList<SpiffeBundle> bundles)
    {
        foreach (X509Certificate2 certificate in bundles.SelectMany(bundle => bundle.X509Authorities))
        {
            certificate.Dispose();
        }
    }
}
