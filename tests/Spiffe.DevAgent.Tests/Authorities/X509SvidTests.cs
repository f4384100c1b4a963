using System.Formats.Asn1;
using System.Security.Cryptography.X509Certificates;
using Spiffe.Protocol;

namespace Spiffe.Tests.Authorities;

/// <summary>What the agent's X509-SVIDs and its authority are, as they come from the socket.</summary>
public sealed class X509SvidTests : AgentTest
{
    private const string Settings = """
        "entries":[{"spiffeId":"spiffe://example.org/p256","dnsName":["a.example","b.example"],"ttlSec":600},
        {"spiffeId":"spiffe://example.org/p384","keyType":"EC-P384"},
        {"spiffeId":"spiffe://example.org/rsa","keyType":"RSA-2048"}]
        """;

    private static readonly Asn1Tag s_dns = new(TagClass.ContextSpecific, 2);
    private static readonly Asn1Tag s_uri = new(TagClass.ContextSpecific, 6);

    [Fact]
    [Trait("Clause", "ID-27")]
    [Trait("Clause", "A-11")]
    [Trait("Clause", "A-12")]
    [Trait("Clause", "A-16")]
    public async Task Certificate_key_and_ID_of_a_message_belong_together()
    {
        IReadOnlyList<X509Svid> svids = await FetchAsync(Settings);

        Assert.Equal(
            ["spiffe://example.org/p256", "spiffe://example.org/p384", "spiffe://example.org/rsa"],
            svids.Select(svid => svid.SpiffeId.ToString()));
        Assert.Equal(["ECDSA P-256", "ECDSA P-384", "RSA 2048"], svids.Select(svid => svid.KeyAlgorithm));
        Assert.All(svids, svid => Assert.True(svid.Certificate.HasPrivateKey));
        Assert.All(svids, svid => Assert.Empty(svid.Chain));
    }

    [Fact]
    [Trait("Clause", "X-1")]
    [Trait("Clause", "X-3")]
    [Trait("Clause", "X-5")]
    [Trait("Clause", "X-6")]
    public async Task The_one_URI_comes_before_the_DNS_names()
    {
        IReadOnlyList<X509Svid> svids = await FetchAsync(Settings);

        Assert.Equal(
            [(s_uri, "spiffe://example.org/p256"), (s_dns, "a.example"), (s_dns, "b.example")],
            ReadNames(svids[0].Certificate));
        Assert.Equal([(s_uri, "spiffe://example.org/p384")], ReadNames(svids[1].Certificate));
        Assert.All(svids, svid => Assert.True(
            svid.Certificate.Subject.Length > 0 || Extension<X509SubjectAlternativeNameExtension>(svid.Certificate).Critical));
    }

    [Fact]
    [Trait("Clause", "X-11")]
    [Trait("Clause", "X-14")]
    [Trait("Clause", "X-15")]
    [Trait("Clause", "X-17")]
    [Trait("Clause", "X-19")]
    [Trait("Clause", "X-27")]
    public async Task A_leaf_signs_for_itself_and_never_for_others()
    {
        foreach (X509Svid svid in await FetchAsync(Settings))
        {
            X509BasicConstraintsExtension constraints = Extension<X509BasicConstraintsExtension>(svid.Certificate);
            X509KeyUsageExtension usage = Extension<X509KeyUsageExtension>(svid.Certificate);

            Assert.True(constraints.Critical);
            Assert.False(constraints.CertificateAuthority);
            Assert.True(usage.Critical);
            Assert.True(usage.KeyUsages.HasFlag(X509KeyUsageFlags.DigitalSignature));
            Assert.Equal(
                X509KeyUsageFlags.None, usage.KeyUsages & (X509KeyUsageFlags.KeyCertSign | X509KeyUsageFlags.CrlSign));
        }
    }

    [Fact]
    public async Task A_leaf_lives_as_long_as_its_entry_says()
    {
        IReadOnlyList<X509Svid> svids = await FetchAsync(Settings);

        Assert.Equal([610, 3610, 3610], svids.Select(svid => (svid.NotAfter - svid.NotBefore).TotalSeconds));
        Assert.All(svids, svid => Assert.True(svid.NotBefore < DateTime.Now));
        Assert.All(svids, svid => Assert.True(svid.NotAfter < svid.Bundle.X509Authorities[0].NotAfter));
        Assert.Equal(3, svids.Select(svid => svid.SerialNumber).Distinct().Count());
    }

    [Fact]
    [Trait("Clause", "ID-26")]
    [Trait("Clause", "X-32")]
    public async Task The_authority_signed_itself_and_carries_the_trust_domains_ID_alone()
    {
        X509Certificate2 authority = Assert.Single((await FetchAsync(Settings))[0].Bundle.X509Authorities);

        Assert.Equal([(s_uri, "spiffe://example.org")], ReadNames(authority));
        Assert.Equal(authority.SubjectName.RawData, authority.IssuerName.RawData);
        Assert.NotEmpty(Extension<X509SubjectKeyIdentifierExtension>(authority).SubjectKeyIdentifier!);
    }

    [Fact]
    [Trait("Clause", "ID-25")]
    [Trait("Clause", "X-23")]
    public async Task Every_SVID_verifies_against_its_own_bundle_and_no_other_agents()
    {
        IReadOnlyList<X509Svid> svids = await FetchAsync(Settings);
        await using X509SvidTests stranger = new();
        SpiffeBundle foreign = (await stranger.FetchAsync(Settings))[0].Bundle;

        Assert.All(svids, svid => Assert.True(Verifies(svid, svid.Bundle)));
        Assert.All(svids, svid => Assert.False(Verifies(svid, foreign)));
    }

    [Fact]
    [Trait("Clause", "ID-22")]
    public async Task The_longest_trust_domain_still_makes_names_within_their_bounds()
    {
        X509Svid svid = Assert.Single(await FetchAsync($$"""
            "trustDomain":"{{new string('a', 255)}}"
            """));

        // RFC 5280, appendix A: an organisation's name has at most 64 characters.
        Assert.Equal("O=" + new string('a', 64), svid.Certificate.Subject);
        Assert.True(Verifies(svid, svid.Bundle));
    }

    private async Task<IReadOnlyList<X509Svid>> FetchAsync(string settings) =>
        [.. (await FetchAsync(await StartAsync(settings))).Svids.Select(Read)];

    /// <summary>Reads it by the rules of the client's model, which throws where one is broken.</summary>
    private static X509Svid Read(X509SVID svid)
    {
        SpiffeId id = SpiffeId.Parse(svid.SpiffeId);
        return X509Svid.FromDer(
            id,
            svid.Hint,
            isDefault: false,
            svid.X509Svid.Memory,
            svid.X509SvidKey.Memory,
            SpiffeBundle.FromX509Der(id.TrustDomain, svid.Bundle.Memory),
            federatedBundles: []);
    }

    private static bool Verifies(X509Svid svid, SpiffeBundle bundle)
    {
        using X509Chain chain = new();
        chain.ChainPolicy.TrustMode = X509ChainTrustMode.CustomRootTrust;
        chain.ChainPolicy.RevocationMode = X509RevocationMode.NoCheck;
        chain.ChainPolicy.DisableCertificateDownloads = true;
        chain.ChainPolicy.CustomTrustStore.AddRange(bundle.X509Authorities.ToArray());
        return chain.Build(svid.Certificate);
    }

    private static T Extension<T>(X509Certificate2 certificate)
        where T : X509Extension => Assert.Single(certificate.Extensions.OfType<T>());

    private static List<(Asn1Tag, string)> ReadNames(X509Certificate2 certificate)
    {
        List<(Asn1Tag, string)> names = [];
        AsnReader reader = new AsnReader(
            Extension<X509SubjectAlternativeNameExtension>(certificate).RawData, AsnEncodingRules.DER).ReadSequence();
        while (reader.HasData)
        {
            Asn1Tag tag = reader.PeekTag();
            names.Add((tag, reader.ReadCharacterString(UniversalTagNumber.IA5String, tag)));
        }

        return names;
    }
}
