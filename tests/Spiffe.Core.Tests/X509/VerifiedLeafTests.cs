using System.Security.Cryptography.X509Certificates;
using Spiffe.Testing;

namespace Spiffe.Tests.X509;

public sealed class VerifiedLeafTests : VerifierTest
{
    private const string ServerAuth = "1.3.6.1.5.5.7.3.1";
    private const string ClientAuth = "1.3.6.1.5.5.7.3.2";
    private const string CodeSigning = "1.3.6.1.5.5.7.3.3";
    private const string Anything = "2.5.29.37.0";

    public static TheoryData<string, string, X509Extension> BadLeaves => new()
    {
        { "X-1", "X509-SVID 2", TestExtensions.Names(critical: false, "DNS:example.org") },
        { "X-2", "X509-SVID 2", TestExtensions.Uris("spiffe://example.org/web", "spiffe://example.org/api") },
        { "X-2", "X509-SVID 2", TestExtensions.Uris("spiffe://example.org/web", "https://example.org/") },
        { "X-28", "SPIFFE-ID 2", TestExtensions.Uris("https://example.org/web") },
        { "X-28", "SPIFFE-ID 2", TestExtensions.Uris("SPIFFE://example.org/web") },
        { "ID-5", "SPIFFE-ID 2", TestExtensions.Uris("spiffe://example.org/web/../admin") },
        { "ID-11", "SPIFFE-ID 2", TestExtensions.Uris("spiffe://ex%61mple.org/web") },
        { "ID-23", "SPIFFE-ID 2", TestExtensions.Uris("spiffe://Example.org/web") },
        { "X-5", "X509-SVID 5.2", TestExtensions.Uris("spiffe://example.org") },
        { "X-11", "X509-SVID 4.1", TestExtensions.BasicConstraints(isAuthority: true) },
        { "X-27", "X509-SVID 4.1", TestExtensions.BasicConstraints(isAuthority: true) },
        { "X-15", "X509-SVID 4.3", TestExtensions.KeyUsage(X509KeyUsageFlags.DigitalSignature, critical: false) },
        { "X-17", "X509-SVID 4.3", TestExtensions.KeyUsage(X509KeyUsageFlags.KeyAgreement) },
        { "X-19", "X509-SVID 4.3", TestExtensions.KeyUsage(X509KeyUsageFlags.DigitalSignature | X509KeyUsageFlags.KeyCertSign) },
        { "X-27", "X509-SVID 4.3", TestExtensions.KeyUsage(X509KeyUsageFlags.DigitalSignature | X509KeyUsageFlags.CrlSign) },
        { "X-21", "X509-SVID 4.4", TestExtensions.ExtendedKeyUsage(critical: false, CodeSigning) },
        { "X-23", "RFC 5280 4.2", TestExtensions.Unknown(critical: true) },
    };

    public static TheoryData<string, X509Extension> GoodLeaves => new()
    {
        { "X-1", TestExtensions.Uris("spiffe://example.org/web") },
        { "X-3", TestExtensions.Names(critical: true, "DNS:a.example.org", "IP:0A000001", "URI:spiffe://example.org/web", "email:a@b") },
        { "X-18", TestExtensions.KeyUsage(X509KeyUsageFlags.DigitalSignature | X509KeyUsageFlags.KeyEncipherment | X509KeyUsageFlags.KeyAgreement) },
        { "X-20", TestExtensions.Unknown(critical: false) },
        { "X-21", TestExtensions.ExtendedKeyUsage(critical: false, ServerAuth, ClientAuth) },
        { "X-22", TestExtensions.ExtendedKeyUsage(critical: true, ServerAuth, ClientAuth, CodeSigning) },
    };

    [Theory]
    [MemberData(nameof(BadLeaves), DisableDiscoveryEnumeration = true)]
    public void A_leaf_that_breaks_a_rule_is_refused_for_it(string clause, string section, X509Extension extension)
    {
        X509SvidVerification verification = Verify(Root.Issue(extensions: LeafWith(extension)));

        Assert.NotEmpty(clause);
        AssertRefused(verification, section);
    }

    [Theory]
    [MemberData(nameof(GoodLeaves), DisableDiscoveryEnumeration = true)]
    public void What_the_standard_leaves_open_is_accepted(string clause, X509Extension extension)
    {
        X509SvidVerification verification = Verify(
            Root.Issue(extensions: LeafWith(extension)), new X509SvidVerificationOptions { IsStrict = true });

        Assert.NotEmpty(clause);
        AssertValid(verification);
        Assert.Equal("spiffe://example.org/web", verification.SpiffeId!.ToString());
    }

    [Fact]
    [Trait("Clause", "X-1")]
    [Trait("Clause", "X-14")]
    [Trait("Clause", "X-11")]
    public void A_leaf_without_names_or_key_usage_is_refused_and_one_without_basic_constraints_is_no_CA()
    {
        X509Extension uri = TestExtensions.Uris("spiffe://example.org/web");
        X509Extension usage = TestExtensions.KeyUsage(X509KeyUsageFlags.DigitalSignature);

        AssertRefused(Verify(Root.Issue(extensions: [usage])), "X509-SVID 2");
        AssertRefused(Verify(Root.Issue(extensions: [uri])), "X509-SVID 4.3");
        AssertValid(Verify(Root.Issue(extensions: [uri, usage])));
    }

    [Fact]
    [Trait("Clause", "X-6")]
    public void A_name_that_is_not_critical_without_a_subject_is_a_warning_and_refused_when_strict()
    {
        TestSigner leaf = Root.Issue(subject: "");
        TestSigner good = Root.Issue(subject: "", extensions: LeafWith(TestExtensions.Names(critical: true, "URI:spiffe://example.org/web")));

        X509SvidVerification verification = Verify(leaf);

        AssertValid(verification);
        Assert.Contains(verification.Checks, check => check is { Clause: "X509-SVID 3.1", Result: CheckResult.Warning });
        AssertRefused(Verify(leaf, new X509SvidVerificationOptions { IsStrict = true }), "X509-SVID 3.1");
        AssertValid(Verify(good, new X509SvidVerificationOptions { IsStrict = true }));
    }

    [Theory]
    [Trait("Clause", "X-21")]
    [InlineData(ServerAuth, SvidPurpose.Server, true)]
    [InlineData(ServerAuth, SvidPurpose.Client, false)]
    [InlineData(ServerAuth, SvidPurpose.Any, true)]
    [InlineData(ClientAuth, SvidPurpose.Server, false)]
    [InlineData(ClientAuth, SvidPurpose.Client, true)]
    [InlineData(Anything, SvidPurpose.Client, true)]
    [InlineData(CodeSigning, SvidPurpose.Any, false)]
    public void One_extended_key_usage_serves_its_purpose_with_a_warning(string oid, SvidPurpose purpose, bool expected)
    {
        TestSigner leaf = Root.Issue(extensions: LeafWith(TestExtensions.ExtendedKeyUsage(critical: false, oid)));

        X509SvidVerification verification = Verify(leaf, new X509SvidVerificationOptions { Purpose = purpose });

        Assert.Equal(expected, verification.Valid);
        Assert.Contains(verification.Checks, check => check is { Clause: "X509-SVID 4.4", Result: CheckResult.Warning });
        Assert.False(Verify(leaf, new X509SvidVerificationOptions { Purpose = purpose, IsStrict = true }).Valid);
    }

    [Fact]
    [Trait("Clause", "X-4")]
    [Trait("Clause", "X-10")]
    public void A_signing_certificate_is_not_an_identity()
    {
        TestSigner signer = Root.IssueSigner("CN=Signer", [.. TestSigner.SignerExtensions, TestExtensions.Uris("spiffe://example.org")]);

        AssertRefused(Verify(signer), "X509-SVID 4.1");
        AssertRefused(Verify(Root), "X509-SVID 4.1");
    }

    [Fact]
    [Trait("Clause", "ID-26")]
    [Trait("Clause", "ID-28")]
    public void Every_check_says_its_clause_what_was_found_and_what_was_expected()
    {
        X509SvidVerification verification = Verify(Root.Issue());

        AssertValid(verification);
        Assert.All(verification.Checks, check =>
        {
            Assert.Equal("spiffe://example.org/web", check.Target);
            Assert.All([check.Clause, check.Check, check.Found, check.Expected], Assert.NotEmpty);
        });
    }

    [Fact]
    [Trait("Clause", "X-23")]
    public void An_extension_that_is_there_twice_or_is_not_DER_refuses_the_certificate()
    {
        X509Extension broken = new("2.5.29.17", [0x30, 0x05, 0x86], critical: false);
        X509Extension trailing = new("2.5.29.15", [0x03, 0x02, 0x07, 0x80, 0x00], critical: true);

        AssertRefused(Verify(Root.Issue(extensions: LeafWith(broken))), "RFC 5280 4.1");
        AssertRefused(Verify(Root.Issue(extensions: LeafWith(trailing))), "RFC 5280 4.1");
    }
}
