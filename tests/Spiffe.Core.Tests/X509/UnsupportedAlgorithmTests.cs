using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;

namespace Spiffe.Tests.X509;

/// <summary>Signatures that cannot be verified here are not called wrong.</summary>
public sealed class UnsupportedAlgorithmTests : VerifierTest
{
    // Made with openssl: an Ed25519 authority and an SVID that it signed.
    private const string Ed25519Root = "MIIBeDCCASqgAwIBAgIUBve+mTuNS8iU5inGMYcaKHmZMB4wBQYDK2VwMBcxFTATBgNVBAMMDEVkMjU1MTkgcm9vdDAgFw0yNjExMjgwNjE5MjJaGA8yMTI2MTEwNDA2MTkyMlowFzEVMBMGA1UEAwwMRWQyNTUxOSByb290MCowBQYDK2VwAyEAvAkPlfA7ZUFQErcbhDVTRe5jJOP4gl0wEO/AG38z/8SjgYUwgYIwHQYDVR0OBBYEFKBfYbK4Wun47tM6fvYWobYkFPZlMB8GA1UdIwQYMBaAFKBfYbK4Wun47tM6fvYWobYkFPZlMA8GA1UdEwEB/wQFMAMBAf8wDgYDVR0PAQH/BAQDAgEGMB8GA1UdEQQYMBaGFHNwaWZmZTovL2V4YW1wbGUub3JnMAUGAytlcANBAFi1bfuZNMralllTYLxBgdr/FXEZoAs1m9bFHNP9rQN5cndGqOCotCM7rV2FR8v802sdSsYkCzjLRcW3jam1kA0=";
    private const string Ed25519Leaf = "MIIBgTCCATOgAwIBAgIBBzAFBgMrZXAwFzEVMBMGA1UEAwwMRWQyNTUxOSByb290MCAXDTI2MTEyODA2MTkyMloYDzIxMjYxMTA0MDYxOTIyWjAAMFkwEwYHKoZIzj0CAQYIKoZIzj0DAQcDQgAEc+1ul9O/58dajbiN8J0Z9QomKYyRABVlkglLNBLOtngniqL89Gqe6DeWnbe9f5bxk4JB8uxjJ8em8tgwhx0bOaOBiTCBhjAMBgNVHRMBAf8EAjAAMA4GA1UdDwEB/wQEAwIHgDAmBgNVHREBAf8EHDAahhhzcGlmZmU6Ly9leGFtcGxlLm9yZy93ZWIwHQYDVR0OBBYEFFxXVztw8EV3crQcHlDf6kYb9+6rMB8GA1UdIwQYMBaAFKBfYbK4Wun47tM6fvYWobYkFPZlMAUGAytlcANBAHaq5Iw6JsJHGB9Nxs4LNKvTN8t37W5tO9+9fMx48Ac6ZXqPyT5eK89GKfk93p5HfTwjMbfa0uE0Kvf8geO1twA=";

    [Fact]
    [Trait("Clause", "X-23")]
    public void A_signature_with_Ed25519_is_refused_as_not_supported()
    {
        using X509Certificate2 root = X509CertificateLoader.LoadCertificate(Convert.FromBase64String(Ed25519Root));
        using X509Certificate2 leaf = X509CertificateLoader.LoadCertificate(Convert.FromBase64String(Ed25519Leaf));

        X509SvidVerification verification = X509SvidVerifier.Verify(leaf, [], [new SpiffeBundle(ExampleOrg, [root])]);

        AssertRefused(verification, "RFC 5280 6.1");
        Assert.Equal("a signature with Ed25519, which is not supported here", FindPathCheck(verification).Found);
    }

    [Fact]
    public void A_signature_with_SHA_1_is_refused_as_not_supported() => Assert.Equal(
        "a signature with ECDSA with SHA-1, which is not supported here",
        FindPathCheck(Verify(Root.Issue(hash: HashAlgorithmName.SHA1))).Found);

    private static VerificationCheck FindPathCheck(X509SvidVerification verification) =>
        verification.Checks.Single(check => check.Clause == "RFC 5280 6.1");
}
