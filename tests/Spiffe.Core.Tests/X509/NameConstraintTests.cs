using Spiffe.Testing;

namespace Spiffe.Tests.X509;

[Trait("Clause", "X-13")]
[Trait("Clause", "X-23")]
public sealed class NameConstraintTests : VerifierTest
{
    [Theory]
    [InlineData("URI:example.org", true)]
    [InlineData("URI:EXAMPLE.org", true)]
    [InlineData("URI:.org", true)]
    [InlineData("URI:", true)]
    [InlineData("URI:.example.org", false)]
    [InlineData("URI:other.org", false)]
    [InlineData("URI:ample.org", false)]
    [InlineData("DNS:other.org", true)]
    [InlineData("dir:CN=Leaf", true)]
    [InlineData("dir:CN=leaf ", true)]
    [InlineData("dir:O=Other", false)]
    public void A_leaf_must_be_in_a_permitted_subtree(string permitted, bool expected) =>
        AssertVerdict(expected, [permitted], [], "URI:spiffe://example.org/web");

    [Theory]
    [InlineData("URI:example.org", false)]
    [InlineData("URI:.example.org", true)]
    [InlineData("URI:.org", false)]
    [InlineData("URI:", false)]
    [InlineData("URI:other.org", true)]
    [InlineData("dir:CN=LEAF", false)]
    [InlineData("dir:CN=Other", true)]
    [InlineData("ID:1.2.3", true)]
    public void A_leaf_must_not_be_in_an_excluded_subtree(string excluded, bool expected) =>
        AssertVerdict(expected, [], [excluded], "URI:spiffe://example.org/web");

    [Theory]
    [InlineData("DNS:example.org", "DNS:a.example.org", true)]
    [InlineData("DNS:example.org", "DNS:example.org", true)]
    [InlineData("DNS:example.org", "DNS:anexample.org", false)]
    [InlineData("IP:0A000000FF000000", "IP:0A010203", true)]
    [InlineData("IP:0A000000FF000000", "IP:0B010203", false)]
    [InlineData("IP:0A000000FF000000", "IP:00000000000000000000000000000001", false)]
    [InlineData("email:example.org", "email:a@example.org", true)]
    [InlineData("email:a@example.org", "email:b@example.org", false)]
    [InlineData("email:.example.org", "email:b@x.example.org", true)]
    [InlineData("ID:1.2.3", "ID:1.2.3", false)]
    public void Names_of_other_kinds_are_held_to_their_constraints(string permitted, string name, bool expected) =>
        AssertVerdict(expected, [permitted], [], "URI:spiffe://example.org/web", name);

    [Fact]
    public void A_trust_domain_that_looks_like_an_address_never_satisfies_a_constraint_on_URIs()
    {
        SpiffeBundle bundle = new(TrustDomain.Parse("10.0.0.1"), [Root.Certificate]);
        TestSigner signer = CreateSigner(["URI:10.0.0.1"], []);
        TestSigner leaf = signer.Issue(extensions: TestSigner.LeafExtensions("spiffe://10.0.0.1/web"));

        AssertRefused(X509SvidVerifier.Verify(leaf.Certificate, [signer.Certificate], [bundle]), "RFC 5280 4.2.1.10");
        AssertValid(X509SvidVerifier.Verify(
            Root.Issue(extensions: TestSigner.LeafExtensions("spiffe://10.0.0.1/web")).Certificate, [], [bundle]));
    }

    [Fact]
    public void Constraints_of_an_authority_and_over_an_intermediate_are_enforced_too()
    {
        TestSigner root = TestSigner.CreateRoot(extensions: SignerWith(TestExtensions.NameConstraints(["URI:other.org"], [])));
        TestSigner signer = root.IssueSigner("CN=Signer");

        AssertRefused(Verify(root.Issue(), [root], []), "RFC 5280 4.2.1.10");
        AssertRefused(Verify(signer.Issue(), [root], [signer]), "RFC 5280 4.2.1.10");
    }

    [Theory]
    [InlineData(1_000, true)]
    [InlineData(10_000, false)]
    public void More_names_than_can_be_held_against_their_constraints_are_refused(int count, bool expected)
    {
        string[] names = [.. Enumerable.Range(0, count).Select(number => $"DNS:{number}.org")];
        string[] constraints = [.. Enumerable.Range(0, 50).Select(number => $"DNS:{number}.com")];

        AssertVerdict(expected, [], constraints, ["URI:spiffe://example.org/web", .. names]);
    }

    private static void AssertVerdict(bool expected, string[] permitted, string[] excluded, params string[] names)
    {
        TestSigner signer = CreateSigner(permitted, excluded);

        X509SvidVerification verification = Verify(
            signer.Issue(extensions: LeafWith(TestExtensions.Names(critical: false, names))), [Root], [signer]);

        if (expected)
        {
            AssertValid(verification);
        }
        else
        {
            AssertRefused(verification, "RFC 5280 4.2.1.10");
        }
    }

    private static TestSigner CreateSigner(string[] permitted, string[] excluded) =>
        Root.IssueSigner("CN=Constrained", SignerWith(TestExtensions.NameConstraints(permitted, excluded)));
}
