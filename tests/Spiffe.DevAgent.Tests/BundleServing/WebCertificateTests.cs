using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using Spiffe.Tls;

namespace Spiffe.Tests.BundleServing;

public sealed class WebCertificateTests : BundleServerTest
{
    [Fact]
    [Trait("Clause", "F-17")]
    public async Task A_certificate_from_files_is_shown_and_read_again_when_it_changes()
    {
        string path = Path.Combine(Folder, "web.pem");
        using X509Certificate2 first = CreateCertificate("CN=First");
        using X509Certificate2 second = CreateCertificate("CN=Second");
        await WriteAsync(path, first);
        await ServeAsync("HttpsWeb", $"\"certificatePath\": \"{path}\"");

        Assert.Null(BundleEndpointAuthority);
        Assert.Equal("1 X.509, 1 JWT", (await FetchAsync(first)).Authorities);
        await WriteAsync(path, second);
        Assert.Equal("1 X.509, 1 JWT", (await FetchAsync(second)).Authorities);

        // What cannot be used leaves what was read before.
        await File.WriteAllTextAsync(path, "broken", Token);
        Assert.Equal("1 X.509, 1 JWT", (await FetchAsync(second)).Authorities);
    }

    [Fact]
    public async Task Files_without_a_certificate_end_the_start()
    {
        string path = Path.Combine(Folder, "web.pem");
        Exception exception = await Assert.ThrowsAnyAsync<Exception>(
            () => ServeAsync("HttpsWeb", $"\"certificatePath\": \"{path}\""));

        Assert.Contains(path, exception.Message, StringComparison.Ordinal);
        Assert.False(File.Exists(SocketPath));
    }

    [Fact]
    public async Task The_web_authority_signs_for_the_web_alone()
    {
        SpiffeBundle bundle = await ServeAsync("HttpsWeb");

        Assert.DoesNotContain(BundleEndpointAuthority!, bundle.X509Authorities);
        Assert.Throws<SpiffeException>(() => X509Svid.ReadSpiffeId(BundleEndpointAuthority!));
    }

    private Task<SpiffeBundle> FetchAsync(X509Certificate2 authority) => new BundleFetch(
        Spiffe.Tls.BundleEndpoint.ForHttpsWeb(Own, $"https://localhost:{BundleEndpoint.Port}/", [authority]), () => null).FetchAsync(Token);

    private static Task WriteAsync(string path, X509Certificate2 certificate) => File.WriteAllTextAsync(
        path, certificate.ExportCertificatePem() + "\n" + certificate.GetECDsaPrivateKey()!.ExportPkcs8PrivateKeyPem() + "\n", Token);

    private static X509Certificate2 CreateCertificate(string subject)
    {
        using ECDsa key = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        CertificateRequest request = new(subject, key, HashAlgorithmName.SHA256);
        SubjectAlternativeNameBuilder names = new();
        names.AddDnsName("localhost");
        request.CertificateExtensions.Add(names.Build());
        return request.CreateSelfSigned(DateTimeOffset.UtcNow.AddMinutes(-1), DateTimeOffset.UtcNow.AddHours(1));
    }
}
