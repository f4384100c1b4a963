using System.Security.Cryptography.X509Certificates;
using Spiffe.Testing;

namespace Spiffe.Tests.X509;

public sealed class X509SvidTests
{
    private const string Web = "spiffe://example.org/web";

    private static readonly TestAuthority s_authority = TestAuthority.Create();

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
