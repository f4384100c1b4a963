using System.Buffers.Text;
using System.Security.Cryptography;
using System.Text;

namespace Spiffe.Tests.Bundles;

/// <summary>Documents that are made in order to do harm are refused like all others that are broken.</summary>
public sealed class HostileDocumentTests
{
    private static readonly TrustDomain s_trustDomain = TrustDomain.Parse("example.org");

    [Theory]
    [InlineData(BundleFormat.Spiffe, "\"keys\": []")]
    [InlineData(BundleFormat.Jwks, "\"keys\": []")]
    [InlineData(BundleFormat.BundleMap, "\"trust_domains\": {}")]
    public void A_document_that_is_nested_without_end_is_refused_with_the_limit(BundleFormat format, string members)
    {
        string Write(int depth) => $"{{ {members}, \"more\": {new string('[', depth)}{new string(']', depth)} }}";

        Assert.NotNull(Parse(Write(31), format));
        Assert.All([32, 1_000_000], depth => Assert.Contains("32 deep", Refusal(Write(depth), format), StringComparison.Ordinal));
        Assert.Equal(BundleFormat.Spiffe, BundleFile.FindFormat(Encoding.ASCII.GetBytes(Write(1_000_000))));
    }

    [Theory]
    [InlineData(BundleFormat.Spiffe, """{ "keys": [] }""")]
    [InlineData(BundleFormat.Jwks, """{ "keys": [] }""")]
    [InlineData(BundleFormat.BundleMap, """{ "trust_domains": {} }""")]
    public void A_document_of_4_MiB_is_read_and_a_longer_one_is_refused_with_the_limit(BundleFormat format, string document)
    {
        string longest = document.PadRight(4 * 1024 * 1024);

        Assert.NotNull(Parse(longest, format));
        Assert.Contains("4194304", Refusal(longest + " ", format), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("-----BEGIN A-----\n", "")]
    [InlineData("-----BEGIN CERTIFICATE-----\n", "-----END CERTIFICATE-----\n")]
    [InlineData("-----BEGIN CERTIFICATE-----\n", "-----END A-----\n")]
    [InlineData("-----BEGIN ", "-----END -----")]
    [InlineData("-----END CERTIFICATE-----\n", "-----BEGIN CERTIFICATE-----\n")]
    public void A_file_full_of_PEM_boundaries_is_refused(string part, string end)
    {
        string text = string.Concat(Enumerable.Repeat(part, (4 * 1024 * 1024 / part.Length) - 2)) + end;

        Assert.NotEmpty(Refusal(text, BundleFormat.Pem));
    }

    [Theory]
    [InlineData("P-256")]
    [InlineData("P-384")]
    [InlineData("P-521")]
    public void A_key_that_is_not_on_its_curve_invalidates_the_document(string curve)
    {
        using ECDsa p256 = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        using ECDsa p384 = ECDsa.Create(ECCurve.NamedCurves.nistP384);
        ECPoint point = p256.ExportParameters(includePrivateParameters: false).Q;
        ECPoint other = p384.ExportParameters(includePrivateParameters: false).Q;

        Assert.All(
            [new ECPoint { X = point.X, Y = point.X }, curve == "P-256" ? other : point, new ECPoint { X = [], Y = [] }],
            wrong => Assert.All(
                [BundleFormat.Spiffe, BundleFormat.Jwks], format => Assert.NotEmpty(Refusal(WriteKey(curve, wrong), format))));
    }

    private static string WriteKey(string curve, ECPoint point) =>
        $$"""
        { "keys": [ { "kty": "EC", "use": "jwt-svid", "kid": "k", "crv": "{{curve}}",
            "x": "{{Base64Url.EncodeToString(point.X)}}", "y": "{{Base64Url.EncodeToString(point.Y)}}" } ] }
        """;

    private static IReadOnlyList<SpiffeBundle> Parse(string document, BundleFormat format) =>
        BundleFile.Parse(Encoding.ASCII.GetBytes(document), format, s_trustDomain);

    private static string Refusal(string document, BundleFormat format)
    {
        SpiffeException exception = Assert.Throws<SpiffeException>(() => Parse(document, format));
        Assert.Equal(SpiffeErrorReason.BundleInvalid, exception.Reason);
        return exception.Message;
    }
}
