using System.Net.Security;
using System.Security.Cryptography.X509Certificates;
using Spiffe.Testing;
using Spiffe.Tls;

namespace Spiffe.Tests.Http;

/// <summary>Servers with a certificate of the web, from an authority that the user's own store trusts.</summary>
public sealed class WebPkiTests : TlsTest, IDisposable
{
    private static readonly TestSigner s_root = TestSigner.CreateRoot("CN=Authority of the web");

    private readonly X509Store _trusted = new(StoreName.Root, StoreLocation.CurrentUser, OpenFlags.ReadWrite);

    public WebPkiTests() => _trusted.Add(s_root.Certificate);

    public void Dispose()
    {
        _trusted.Remove(s_root.Certificate);
        _trusted.Dispose();
    }

    [Fact]
    public async Task A_server_of_the_web_is_verified_by_the_platform_and_by_host_name_and_sees_this_sides_SVID()
    {
        Assert.SkipUnless(OperatingSystem.IsLinux(), "Elsewhere the store asks the user.");
        TestSigner leaf = s_root.Issue("CN=localhost", [
            TestExtensions.Names(critical: false, "DNS:localhost"),
            TestExtensions.KeyUsage(X509KeyUsageFlags.DigitalSignature),
            TestExtensions.ExtendedKeyUsage(critical: false, "1.3.6.1.5.5.7.3.1"),
        ]);
        string key = System.Security.Cryptography.PemEncoding.WriteString("PRIVATE KEY", leaf.Pkcs8Key);
        X509Certificate2 certificate = X509Certificate2.CreateFromPem(leaf.Certificate.ExportCertificatePem(), key);
        await using TlsWebServer server = await TlsWebServer.StartAsync(() => new SslServerAuthenticationOptions
        {
            ServerCertificate = certificate,
            ClientCertificateRequired = true,
            RemoteCertificateValidationCallback = (_, _, _, _) => true,
        });
        X509Svid svid = Svid(ShopId);
        X509Source source = X509Source.Fixed(svid, [svid.Bundle]);
        using HttpClient web = new(new SpiffeHttpHandler(source, PeerRule.WebPki));
        using HttpClient workload = new(new SpiffeHttpHandler(source, PeerRule.AllowAny));
        string address = $"https://localhost:{server.Address.Port}/";

        Assert.Equal("hello", await web.GetStringAsync(address, Token));
        Assert.Equal(svid.Thumbprint, server.Requests.Single().Thumbprint);
        SpiffeException otherName = await Assert.ThrowsAsync<SpiffeException>(() => web.GetStringAsync(server.Address, Token));
        Assert.Equal(SpiffeErrorReason.PeerNotTrusted, otherName.Reason);
        SpiffeException noSvid = await Assert.ThrowsAsync<SpiffeException>(() => workload.GetStringAsync(address, Token));
        Assert.Equal(SpiffeErrorReason.PeerHasNoSvid, noSvid.Reason);
        Assert.Single(server.Requests);
    }
}
