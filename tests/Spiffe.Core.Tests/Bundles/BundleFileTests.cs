using System.Security.Cryptography;
using System.Text;
using Spiffe.Testing;

namespace Spiffe.Tests.Bundles;

public sealed class BundleFileTests
{
    private static readonly TrustDomain s_trustDomain = TrustDomain.Parse("example.org");
    private static readonly TestSigner s_root = TestSigner.CreateRoot();
    private static readonly TestSigner s_other = TestSigner.CreateRoot("CN=Other", rsa: true);
    private static readonly JwtAuthority s_key = CreateKey("a");

    private static readonly SpiffeBundle s_bundle = new(
        s_trustDomain, [s_root.Certificate, s_other.Certificate], [s_key], sequenceNumber: ulong.MaxValue, TimeSpan.FromMinutes(5));

    public static TheoryData<BundleFormat, string> Formats => new()
    {
        { BundleFormat.Pem, s_bundle.ToPem() },
        { BundleFormat.Spiffe, s_bundle.ToSpiffeJson() },
        { BundleFormat.Spiffe, """{ "keys": [] }""" },
        { BundleFormat.Spiffe, """{ "keys": [ {} ], "spiffe_sequence": 7 }""" },
        { BundleFormat.Jwks, s_bundle.ToJwks() },
        { BundleFormat.BundleMap, SpiffeBundle.ToBundleMap([s_bundle]) },
        { BundleFormat.BundleMap, """{ "trust_domains": {} }""" },
    };

    [Theory]
    [MemberData(nameof(Formats), DisableDiscoveryEnumeration = true)]
    public void A_format_is_recognised_by_the_content(BundleFormat format, string content)
    {
        Assert.Equal(format, BundleFile.FindFormat(Encoding.UTF8.GetBytes(content)));
        Assert.Equal(format, BundleFile.FindFormat(Encoding.UTF8.GetBytes("\uFEFF\r\n " + content)));
    }

    [Fact]
    public void DER_is_recognised_by_the_content_and_an_unknown_format_is_an_error()
    {
        Assert.Equal(BundleFormat.Der, BundleFile.FindFormat(s_bundle.ToDer()));
        Assert.All(["", "0", "hello", "[]"], text => Assert.Null(BundleFile.FindFormat(Encoding.UTF8.GetBytes(text))));
    }

    [Fact]
    [Trait("Clause", "B-1")]
    public void What_is_written_reads_back_equal_in_every_format_as_far_as_the_format_goes()
    {
        SpiffeBundle x509 = new(s_trustDomain, s_bundle.X509Authorities);
        SpiffeBundle jwt = new(s_trustDomain, jwtAuthorities: [s_key]);

        Assert.Equal([x509], BundleFile.Parse(Encoding.ASCII.GetBytes(s_bundle.ToPem()), BundleFormat.Pem, s_trustDomain));
        Assert.Equal([x509], BundleFile.Parse(s_bundle.ToDer(), BundleFormat.Der, s_trustDomain));
        Assert.Equal([jwt], BundleFile.Parse(Encoding.UTF8.GetBytes(s_bundle.ToJwks()), BundleFormat.Jwks, s_trustDomain));
        Assert.Equal([s_bundle], BundleFile.Parse(Encoding.UTF8.GetBytes(s_bundle.ToSpiffeJson()), BundleFormat.Spiffe, s_trustDomain));
    }

    [Fact]
    [Trait("Clause", "B-16")]
    [Trait("Clause", "B-19")]
    [Trait("Clause", "B-20")]
    public void A_map_holds_one_bundle_of_each_trust_domain_and_no_refresh_hint()
    {
        SpiffeBundle other = new(TrustDomain.Parse("a.org"), [s_other.Certificate]);

        IReadOnlyList<SpiffeBundle> read = ReadMap(SpiffeBundle.ToBundleMap([s_bundle, other]));

        Assert.Equal(["a.org", "example.org"], read.Select(bundle => bundle.TrustDomain.Name));
        Assert.Equal(s_bundle.X509Authorities, read[1].X509Authorities);
        Assert.Equal(s_bundle.JwtAuthorities, read[1].JwtAuthorities);
        Assert.Equal(ulong.MaxValue, read[1].SequenceNumber);
        Assert.Null(read[1].RefreshHint);
        Assert.Empty(ReadMap("""{ "trust_domains": {}, "unknown": 1 }"""));
    }

    [Fact]
    [Trait("Clause", "B-20")]
    public void A_hint_inside_of_a_map_stays_with_its_bundle()
    {
        IReadOnlyList<SpiffeBundle> read = ReadMap(
            """{ "trust_domains": { "a": { "keys": [], "spiffe_refresh_hint": 60 }, "b": { "keys": [] } } }""");

        Assert.Equal([TimeSpan.FromMinutes(1), null], read.Select(bundle => bundle.RefreshHint));
    }

    [Theory]
    [Trait("Clause", "B-16")]
    [Trait("Clause", "B-17")]
    [Trait("Clause", "B-18")]
    [Trait("Clause", "B-23")]
    [InlineData("""{ }""")]
    [InlineData("""[ ]""")]
    [InlineData("""{ "trust_domains": [] }""")]
    [InlineData("""{ "trust_domains": { "Example.org": { "keys": [] } } }""")]
    [InlineData("""{ "trust_domains": { "spiffe://example.org": { "keys": [] } } }""")]
    [InlineData("""{ "trust_domains": { "": { "keys": [] } } }""")]
    [InlineData("""{ "trust_domains": { "a": { "keys": [] }, "a": { "keys": [] } } }""")]
    [InlineData("""{ "trust_domains": { "a": { "keys": [] }, "\u0061": { "keys": [] } } }""")]
    [InlineData("""{ "trust_domains": { "a": { "keys": [] }, "b": { } } }""")]
    [InlineData("""{ "trust_domains": { "a": { "keys": [] }, "b": 7 } }""")]
    public void A_map_with_anything_wrong_in_it_is_refused_as_a_whole(string json) => Assert.Equal(
        SpiffeErrorReason.BundleInvalid, Assert.Throws<SpiffeException>(() => ReadMap(json)).Reason);

    [Fact]
    [Trait("Clause", "B-17")]
    public void A_map_with_a_name_that_is_not_text_is_refused()
    {
        byte[] map = [.. "{\"trust_domains\":{\""u8, 0xe9, .. "\":{\"keys\":[]}}}"u8];

        Assert.Equal(SpiffeErrorReason.BundleInvalid, Assert.Throws<SpiffeException>(() => SpiffeBundle.FromBundleMap(map)).Reason);
    }

    [Fact]
    [Trait("Clause", "B-18")]
    public void Two_bundles_of_one_trust_domain_do_not_fit_into_a_map() => Assert.Equal(
        SpiffeErrorReason.BundleInvalid, Assert.Throws<SpiffeException>(() => SpiffeBundle.ToBundleMap([s_bundle, s_bundle])).Reason);

    [Fact]
    [Trait("Clause", "B-24")]
    public void Documents_in_the_shape_of_the_standards_examples_are_read()
    {
        string key = $$"""
            { "use": "x509-svid", "kty": "RSA", "x5c": [ "{{Convert.ToBase64String(s_other.Certificate.RawData)}}" ], "n": "vPk", "e": "AQAB" }
            """;

        SpiffeBundle first = SpiffeBundle.FromSpiffeJson(s_trustDomain, Encoding.UTF8.GetBytes(
            $$"""{ "spiffe_sequence": 1, "spiffe_refresh_hint": 2419200, "keys": [ {{key}} ] }"""));
        IReadOnlyList<SpiffeBundle> map = ReadMap(
            $$"""{ "trust_domains": { "example.com": { "spiffe_sequence": 12035488, "keys": [ {{key}} ] }, "example.org": { "keys": [ {{key}}, {{key}} ] } } }""");

        Assert.Equal(TimeSpan.FromDays(28), first.RefreshHint);
        Assert.Equal(12035488ul, map[0].SequenceNumber);
        Assert.Equal(2, map[1].X509Authorities.Count);
    }

    public static TheoryData<string> BrokenPem
    {
        get
        {
            string pem = s_root.Certificate.ExportCertificatePem();
            string two = PemEncoding.WriteString("CERTIFICATE", [.. s_root.Certificate.RawData, .. s_other.Certificate.RawData]);
            return new(
                "",
                "text",
                two,
                pem + "\n" + PemEncoding.WriteString("CERTIFICATE", [.. s_root.Certificate.RawData, 0]),
                pem + "\n" + PemEncoding.WriteString("CERTIFICATE", s_root.Certificate.RawData.AsSpan()[..^1]),
                pem + "\n" + PemEncoding.WriteString("PRIVATE KEY", s_root.Pkcs8Key),
                pem + "\n" + PemEncoding.WriteString("TRUSTED CERTIFICATE", s_root.Certificate.RawData),
                pem.Replace("M", "?", StringComparison.Ordinal) + "\n" + pem,
                pem + "\n-----BEGIN CERTIFICATE-----\n",
                pem + pem,
                "x" + pem,
                pem + "x",
                pem[..^10] + "\n",
                pem + "\n-----END CERTIFICATE-----\n");
        }
    }

    [Theory]
    [MemberData(nameof(BrokenPem), DisableDiscoveryEnumeration = true)]
    public void A_PEM_file_with_anything_but_whole_certificates_is_refused(string pem) => Assert.Equal(
        SpiffeErrorReason.BundleInvalid,
        Assert.Throws<SpiffeException>(() => BundleFile.Parse(Encoding.ASCII.GetBytes(pem), BundleFormat.Pem, s_trustDomain)).Reason);

    [Fact]
    public void Text_around_PEM_blocks_and_Windows_line_ends_are_allowed()
    {
        string pem = "Root of 2026\n" + s_root.Certificate.ExportCertificatePem() + "\n# the other\n" + s_other.Certificate.ExportCertificatePem();

        Assert.Equal(
            2,
            BundleFile.Parse(Encoding.UTF8.GetBytes(pem.ReplaceLineEndings("\r\n")), BundleFormat.Pem, s_trustDomain)[0].X509Authorities.Count);
    }

    private static IReadOnlyList<SpiffeBundle> ReadMap(string json) => SpiffeBundle.FromBundleMap(Encoding.UTF8.GetBytes(json));

    private static JwtAuthority CreateKey(string name)
    {
        using ECDsa key = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        return JwtAuthority.FromKey(name, key);
    }
}
