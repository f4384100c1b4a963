using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using Spiffe.Testing;

namespace Spiffe.Tests.X509;

public sealed class VerifiedPathTests : VerifierTest
{
    [Theory]
    [Trait("Clause", "X-23")]
    [InlineData(false, false, false)]
    [InlineData(true, false, false)]
    [InlineData(true, true, false)]
    [InlineData(false, false, true)]
    public void Signatures_of_RSA_PSS_and_ECDSA_verify_over_two_intermediates(bool rsaRoot, bool pss, bool rsaLeaf)
    {
        TestSigner root = TestSigner.CreateRoot(rsa: rsaRoot);
        TestSigner upper = root.Issue("CN=Upper", TestSigner.SignerExtensions, pss: pss);
        TestSigner lower = upper.IssueSigner("CN=Lower");
        TestSigner leaf = lower.Issue(rsa: rsaLeaf);

        AssertValid(Verify(leaf, [root], [lower, upper]));
        AssertValid(Verify(leaf, [root], [upper, lower]));
        AssertRefused(Verify(leaf, [root], [lower]), "RFC 5280 6.1");
    }

    [Theory]
    [Trait("Clause", "X-23")]
    [InlineData("SHA384", true)]
    [InlineData("SHA512", true)]
    [InlineData("SHA1", false)]
    public void The_hash_of_a_signature_is_one_of_SHA_2(string hash, bool expected) =>
        Assert.Equal(expected, Verify(Root.Issue(hash: new HashAlgorithmName(hash))).Valid);

    [Fact]
    [Trait("Clause", "X-24")]
    [Trait("Clause", "X-37")]
    [Trait("Clause", "B-10")]
    [Trait("Clause", "B-11")]
    public void An_empty_bundle_refuses_everything()
    {
        TestSigner leaf = Root.Issue();

        AssertRefused(Verify(leaf, [], []), "X509-SVID 6.2");
        AssertRefused(Verify(leaf, [], [Root]), "X509-SVID 6.2");
    }

    [Fact]
    [Trait("Clause", "B-2")]
    [Trait("Clause", "ID-25")]
    [Trait("Clause", "A-10")]
    public void Only_the_bundle_of_the_SVIDs_own_trust_domain_counts()
    {
        TestSigner leaf = Root.Issue();
        SpiffeBundle foreign = new(TrustDomain.Parse("other.org"), [Root.Certificate]);
        SpiffeBundle own = Bundle(TestSigner.CreateRoot());

        AssertRefused(X509SvidVerifier.Verify(leaf.Certificate, [], [foreign]), "Trust Domain and Bundle 3");
        AssertRefused(X509SvidVerifier.Verify(leaf.Certificate, [], []), "Trust Domain and Bundle 3");
        AssertRefused(X509SvidVerifier.Verify(leaf.Certificate, [], [foreign, own]), "RFC 5280 6.1");
        AssertValid(X509SvidVerifier.Verify(leaf.Certificate, [], [foreign, Bundle(Root)]));
    }

    [Fact]
    [Trait("Clause", "X-25")]
    [Trait("Clause", "X-32")]
    public void An_authority_need_not_be_self_signed()
    {
        TestSigner intermediate = Root.IssueSigner("CN=Intermediate");
        TestSigner leaf = intermediate.Issue();

        AssertValid(Verify(leaf, [intermediate], []));
        AssertValid(Verify(leaf, [intermediate], [intermediate]));
        AssertRefused(Verify(leaf, [Root], []), "RFC 5280 6.1");
    }

    [Fact]
    [Trait("Clause", "X-25")]
    public void Authorities_of_one_subject_work_in_either_order()
    {
        TestSigner other = TestSigner.CreateRoot();
        TestSigner third = TestSigner.CreateRoot();
        TestSigner leaf = Root.Issue();

        AssertValid(Verify(leaf, [Root, other, third], []));
        AssertValid(Verify(leaf, [other, third, Root], []));
        AssertRefused(Verify(leaf, [other, third], []), "RFC 5280 6.1");
    }

    [Fact]
    [Trait("Clause", "X-25")]
    public void An_authority_that_may_not_sign_does_not_hide_one_of_the_same_key_that_may()
    {
        TestSigner bad = TestSigner.CreateRoot(
            extensions: SignerWith(TestExtensions.KeyUsage(X509KeyUsageFlags.CrlSign)), sameKey: Root);

        AssertValid(Verify(Root.Issue(), [bad, Root], []));
        AssertValid(Verify(Root.Issue(), [Root, bad], []));
    }

    [Fact]
    [Trait("Clause", "X-26")]
    public void A_root_that_the_peer_brings_is_not_trusted()
    {
        TestSigner own = TestSigner.CreateRoot("CN=Own");
        TestSigner leaf = own.Issue();

        AssertRefused(Verify(leaf, [Root], [own]), "RFC 5280 6.1");
        AssertRefused(Verify(leaf, [TestSigner.CreateRoot("CN=Own")], [own]), "RFC 5280 6.1");
    }

    [Fact]
    [Trait("Clause", "X-27")]
    [Trait("Clause", "X-7")]
    public void A_leaf_in_the_bundle_is_not_an_authority()
    {
        TestSigner selfSigned = TestSigner.CreateRoot("CN=Leaf", TestSigner.LeafExtensions());
        TestSigner leaf = Root.Issue();
        TestSigner below = leaf.Issue("CN=Below");

        AssertRefused(Verify(selfSigned, [selfSigned], []), "RFC 5280 6.1");
        AssertRefused(Verify(leaf, [leaf], []), "RFC 5280 6.1");
        AssertRefused(Verify(below, [leaf], []), "X509-SVID 4.1");
        AssertRefused(Verify(below, [Root], [leaf]), "X509-SVID 4.1");
    }

    public static TheoryData<string, string, X509Extension[]> BadSigners => new()
    {
        { "X-7", "X509-SVID 4.1", [TestExtensions.KeyUsage(X509KeyUsageFlags.KeyCertSign)] },
        { "X-11", "X509-SVID 4.1", SignerWith(TestExtensions.BasicConstraints(isAuthority: false)) },
        { "X-7", "X509-SVID 4.3", [TestExtensions.BasicConstraints(isAuthority: true)] },
        { "X-14", "X509-SVID 4.3", [TestExtensions.BasicConstraints(isAuthority: true)] },
        { "X-15", "X509-SVID 4.3", SignerWith(TestExtensions.KeyUsage(X509KeyUsageFlags.KeyCertSign, critical: false)) },
        { "X-16", "X509-SVID 4.3", SignerWith(TestExtensions.KeyUsage(X509KeyUsageFlags.DigitalSignature)) },
        { "X-8", "X509-SVID 3.2", SignerWith(TestExtensions.Uris("spiffe://example.org/signer")) },
        { "ID-26", "X509-SVID 3.2", SignerWith(TestExtensions.Uris("spiffe://example.org/signer")) },
        { "X-2", "X509-SVID 3.2", SignerWith(TestExtensions.Uris("spiffe://example.org", "spiffe://other.org")) },
        { "X-23", "RFC 5280 4.2", SignerWith(TestExtensions.Unknown(critical: true)) },
    };

    [Theory]
    [MemberData(nameof(BadSigners), DisableDiscoveryEnumeration = true)]
    public void A_signer_that_breaks_a_rule_is_refused_for_it(string clause, string section, X509Extension[] extensions)
    {
        TestSigner signer = Root.IssueSigner("CN=Signer", extensions);

        Assert.NotEmpty(clause);
        AssertRefused(Verify(signer.Issue(), [Root], [signer]), section);
    }

    [Fact]
    [Trait("Clause", "X-9")]
    [Trait("Clause", "X-22")]
    [Trait("Clause", "ID-26")]
    [Trait("Clause", "B-22")]
    public void A_signer_may_be_of_another_trust_domain_or_of_none_and_have_purposes()
    {
        TestSigner foreign = Root.IssueSigner("CN=Foreign", SignerWith(TestExtensions.Uris("spiffe://other.org")));
        TestSigner web = Root.IssueSigner("CN=Web", SignerWith(
            TestExtensions.Uris("https://example.org/ca"), TestExtensions.ExtendedKeyUsage(critical: true, "1.3.6.1.5.5.7.3.3")));

        X509SvidVerification verification = Verify(
            foreign.Issue(), [Root], [foreign], new X509SvidVerificationOptions { IsStrict = true });

        AssertValid(verification);
        Assert.Contains(verification.Checks, check => check is { Clause: "X509-SVID 3.2", Result: CheckResult.Warning });
        AssertValid(Verify(web.Issue(), [Root], [web]));
    }

    [Fact]
    [Trait("Clause", "X-14")]
    [Trait("Clause", "X-16")]
    public void An_authority_without_a_key_usage_is_a_warning_and_refused_when_strict()
    {
        TestSigner root = TestSigner.CreateRoot(extensions: [TestExtensions.BasicConstraints(isAuthority: true)]);
        TestSigner leaf = root.Issue();

        AssertValid(Verify(leaf, [root], []));
        AssertRefused(Verify(leaf, [root], [], new X509SvidVerificationOptions { IsStrict = true }), "X509-SVID 4.3");
    }

    [Fact]
    [Trait("Clause", "X-12")]
    public void A_path_length_is_honoured_also_that_of_an_authority()
    {
        TestSigner root = TestSigner.CreateRoot(extensions: SignerWith(TestExtensions.BasicConstraints(isAuthority: true, pathLength: 1)));
        TestSigner upper = root.IssueSigner("CN=Upper");
        TestSigner lower = upper.IssueSigner("CN=Lower");
        TestSigner last = root.IssueSigner("CN=Last", SignerWith(TestExtensions.BasicConstraints(isAuthority: true, pathLength: 0)));
        TestSigner below = last.IssueSigner("CN=Below");

        AssertValid(Verify(upper.Issue(), [root], [upper]));
        AssertRefused(Verify(lower.Issue(), [root], [upper, lower]), "RFC 5280 4.2.1.9");
        AssertValid(Verify(last.Issue(), [root], [last]));
        AssertRefused(Verify(below.Issue(), [Root, root], [last, below]), "RFC 5280 4.2.1.9");
    }

    [Fact]
    [Trait("Clause", "X-23")]
    public void Each_certificate_of_a_path_must_be_valid_at_the_instant()
    {
        DateTimeOffset now = DateTimeOffset.UtcNow;
        TestSigner leaf = Root.Issue(notBefore: now.AddMinutes(-30), notAfter: now.AddMinutes(-10));
        TestSigner signer = Root.Issue("CN=Signer", TestSigner.SignerExtensions, now.AddMinutes(-30), now.AddMinutes(-10));
        TestSigner young = signer.Issue();

        AssertRefused(Verify(leaf), "RFC 5280 4.1.2.5");
        AssertValid(Verify(leaf, new X509SvidVerificationOptions { At = now.AddMinutes(-20) }));
        AssertRefused(Verify(leaf, new X509SvidVerificationOptions { At = now.AddMinutes(-40) }), "RFC 5280 4.1.2.5");
        AssertRefused(Verify(young, [Root], [signer]), "RFC 5280 4.1.2.5");
        AssertRefused(Verify(Root.Issue(), new X509SvidVerificationOptions { At = now.AddDays(2) }), "RFC 5280 4.1.2.5");
    }

    [Fact]
    [Trait("Clause", "X-23")]
    public void A_changed_certificate_is_refused()
    {
        byte[] der = Root.Issue().Certificate.RawData;
        der[^1] ^= 1;

        X509SvidVerification verification = X509SvidVerifier.Verify(X509CertificateLoader.LoadCertificate(der), [], [Bundle(Root)]);

        AssertRefused(verification, "RFC 5280 6.1");
    }

    [Fact]
    public void A_peer_that_sends_many_signers_of_one_name_is_refused_in_bounded_time()
    {
        TestSigner[] many = [.. Enumerable.Range(0, 100).Select(_ => TestSigner.CreateRoot("CN=Many"))];
        TestSigner leaf = TestSigner.CreateRoot("CN=Many").Issue();

        AssertRefused(Verify(leaf, [Root], many), "RFC 5280 6.1");
    }
}
