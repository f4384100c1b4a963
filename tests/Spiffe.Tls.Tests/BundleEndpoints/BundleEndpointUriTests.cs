using Spiffe.Tls;

namespace Spiffe.Tests.BundleEndpoints;

public sealed class BundleEndpointUriTests
{
    private static readonly TrustDomain s_trustDomain = TrustDomain.Parse("served.test");

    [Theory]
    [InlineData("https://served.test/")]
    [InlineData("https://served.test")]
    [InlineData("HTTPS://served.test:8443/bundle.json?version=1")]
    [InlineData("https://127.0.0.1:8443/a/b")]
    [InlineData("https://[::1]:8443/")]
    [InlineData("https://served.test/@me")]
    [Trait("Clause", "F-12")]
    public void An_https_url_is_a_bundle_endpoints(string url) =>
        Assert.Equal(new Uri(url), BundleEndpoint.ForHttpsWeb(s_trustDomain, url).Uri);

    [Theory]
    [InlineData("http://served.test/")]
    [InlineData("spiffe://served.test/")]
    [InlineData("file:///etc/bundle.json")]
    [InlineData("served.test/bundle")]
    [InlineData("/bundle")]
    [InlineData("")]
    [InlineData("https://")]
    [InlineData("https://user@served.test/")]
    [InlineData("https://user:secret@served.test/")]
    [InlineData("https://@served.test/")]
    [InlineData("https://:@served.test/")]
    [Trait("Clause", "F-12")]
    public void Any_other_is_refused_and_no_password_repeated(string url)
    {
        SpiffeException exception = Assert.Throws<SpiffeException>(
            () => BundleEndpoint.ForHttpsSpiffe(s_trustDomain, url, SpiffeId.Parse("spiffe://served.test/endpoint")));

        Assert.Equal(SpiffeErrorReason.BundleEndpointInvalid, exception.Reason);
        Assert.DoesNotContain("secret", exception.Message, StringComparison.Ordinal);
    }
}
