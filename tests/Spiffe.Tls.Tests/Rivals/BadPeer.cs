using System.Security.Cryptography.X509Certificates;
using Spiffe.Testing;

namespace Spiffe.Tests.Rivals;

/// <summary>What a hostile peer shows, and what becomes of it.</summary>
/// <param name="Name">What is wrong with it.</param>
/// <param name="Reason">The error.</param>
/// <param name="Clause">What the message names: a clause, or the ID.</param>
/// <param name="Leaf">The certificate; null to show none.</param>
/// <param name="Chain">What goes along.</param>
public sealed record BadPeer(string Name, SpiffeErrorReason Reason, string Clause, TestSigner? Leaf, params TestSigner[] Chain)
{
    private const string ServerAuth = "1.3.6.1.5.5.7.3.1";
    private const string ClientAuth = "1.3.6.1.5.5.7.3.2";
    private const string CodeSigning = "1.3.6.1.5.5.7.3.3";

    private static readonly DateTimeOffset s_now = DateTimeOffset.UtcNow;

    /// <summary>The authority whose bundle the good side has.</summary>
    public static TestSigner Root { get; } = TestSigner.CreateRoot();

    /// <summary>Every kind; those that speak of a purpose are bad as either side.</summary>
    public static IReadOnlyDictionary<string, BadPeer> All { get; } = List().ToDictionary(peer => peer.Name);

    private static IEnumerable<BadPeer> List()
    {
        const SpiffeErrorReason NotTrusted = SpiffeErrorReason.PeerNotTrusted;
        TestSigner intermediate = Root.IssueSigner("CN=Intermediate");
        TestSigner twin = TestSigner.CreateRoot();
        return
        [
            new("right authority, wrong ID", SpiffeErrorReason.PeerNotAuthorized, "'spiffe://example.org/other'", Issue("spiffe://example.org/other")),
            new("foreign authority of the same name", NotTrusted, "(RFC 5280 6.1)", twin.Issue()),
            new("foreign authority sent along", NotTrusted, "(RFC 5280 6.1)", twin.Issue(), twin),
            new("trust domain without a bundle", NotTrusted, "(Trust Domain and Bundle 3)", Issue("spiffe://other.org/web")),
            new("expired", NotTrusted, "(RFC 5280 4.1.2.5)", Root.Issue(notBefore: s_now.AddHours(-1), notAfter: s_now.AddSeconds(-5))),
            new("not yet valid", NotTrusted, "(RFC 5280 4.1.2.5)", Root.Issue(notBefore: s_now.AddMinutes(30))),
            new("intermediate missing", NotTrusted, "(RFC 5280 6.1)", intermediate.Issue()),
            new("two URI names", NotTrusted, "(X509-SVID 2)", Issue("spiffe://example.org/web", "https://example.org/")),
            new("no path", NotTrusted, "(X509-SVID 5.2)", Issue("spiffe://example.org")),
            new("signing certificate", NotTrusted, "(X509-SVID 4.1)", Root.Issue(
                extensions: [TestExtensions.Uris("spiffe://example.org/web"), .. TestSigner.SignerExtensions])),
            new("authority itself", SpiffeErrorReason.PeerHasNoSvid, "CN=Root", Root),
            // With RSA: .NET takes no key of an elliptic curve for such a certificate.
            new("no digitalSignature", NotTrusted, "(X509-SVID 4.3)", Root.Issue(rsa: true, extensions:
            [
                TestExtensions.Uris("spiffe://example.org/web"),
                TestExtensions.BasicConstraints(isAuthority: false),
                TestExtensions.KeyUsage(X509KeyUsageFlags.KeyEncipherment),
            ])),
            new("purpose missing", NotTrusted, "(X509-SVID 4.4)", Root.Issue(
                extensions: [.. TestSigner.LeafExtensions(), TestExtensions.ExtendedKeyUsage(critical: false, CodeSigning)])),
            new("for clients only", NotTrusted, "(X509-SVID 4.4)", Root.Issue(
                extensions: [.. TestSigner.LeafExtensions(), TestExtensions.ExtendedKeyUsage(critical: false, ClientAuth)])),
            new("for servers only", NotTrusted, "(X509-SVID 4.4)", Root.Issue(
                extensions: [.. TestSigner.LeafExtensions(), TestExtensions.ExtendedKeyUsage(critical: false, ServerAuth)])),
            new("certificate of the web", SpiffeErrorReason.PeerHasNoSvid, "CN=Leaf", Root.Issue(extensions:
                [TestExtensions.Names(critical: false, "DNS:localhost"), TestExtensions.KeyUsage(X509KeyUsageFlags.DigitalSignature)])),
            new("no certificate", SpiffeErrorReason.PeerHasNoSvid, "no certificate", Leaf: null),
        ];
    }

    private static TestSigner Issue(params string[] uris) => Root.Issue(extensions:
    [
        TestExtensions.Uris(uris),
        TestExtensions.BasicConstraints(isAuthority: false),
        TestExtensions.KeyUsage(X509KeyUsageFlags.DigitalSignature),
    ]);
}
