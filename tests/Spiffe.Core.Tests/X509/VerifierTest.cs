using System.Security.Cryptography.X509Certificates;
using Spiffe.Testing;

namespace Spiffe.Tests.X509;

/// <summary>What the tests of the verifier share.</summary>
public abstract class VerifierTest
{
    private protected static readonly TestSigner Root = TestSigner.CreateRoot();
    private protected static readonly TrustDomain ExampleOrg = TrustDomain.Parse("example.org");

    private protected static SpiffeBundle Bundle(params TestSigner[] authorities) =>
        new(ExampleOrg, authorities.Select(authority => authority.Certificate));

    private protected static X509SvidVerification Verify(TestSigner leaf, X509SvidVerificationOptions? options = null) =>
        Verify(leaf, [Root], [], options);

    private protected static X509SvidVerification Verify(
        TestSigner leaf, TestSigner[] authorities, TestSigner[] chain, X509SvidVerificationOptions? options = null) =>
        X509SvidVerifier.Verify(leaf.Certificate, chain.Select(signer => signer.Certificate), [Bundle(authorities)], options);

    private protected static void AssertValid(X509SvidVerification verification) =>
        Assert.True(verification.Valid, $"{verification.FirstFailure}");

    /// <summary>Refused, and for this clause.</summary>
    private protected static void AssertRefused(X509SvidVerification verification, string clause)
    {
        Assert.False(verification.Valid);
        Assert.Null(verification.SpiffeId);
        Assert.Contains(verification.Checks, check => check.Result == CheckResult.Failed && check.Clause == clause);
    }

    /// <summary>The extensions of a good leaf with one of them replaced.</summary>
    private protected static X509Extension[] LeafWith(params X509Extension[] replacements) =>
    [
        .. TestSigner.LeafExtensions().ExceptBy(replacements.Select(extension => extension.Oid!.Value), extension => extension.Oid!.Value),
        .. replacements,
    ];

    private protected static X509Extension[] SignerWith(params X509Extension[] replacements) =>
    [
        .. TestSigner.SignerExtensions.ExceptBy(replacements.Select(extension => extension.Oid!.Value), extension => extension.Oid!.Value),
        .. replacements,
    ];
}
