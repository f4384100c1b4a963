using System.Management.Automation;
using System.Security.Cryptography.X509Certificates;
using Google.Protobuf;
using Spiffe.Protocol;
using Spiffe.Testing;
using Spiffe.Tests.Hosting;

namespace Spiffe.Tests.Commands;

/// <summary>Which files there are, and what is in them.</summary>
public sealed class ExportSpiffeX509SvidTests : ExportX509SvidTest
{
    [Fact]
    public void The_layout_Spire_numbers_the_files_of_each_SVID()
    {
        X509SVID web = Svid("web", "external");
        Serve(web, Svid("batch", "internal"));

        Assert.Empty(Export("").Expect<object>());

        Assert.Equal(["bundle.0.pem", "bundle.1.pem", "svid.0.key", "svid.0.pem", "svid.1.key", "svid.1.pem"], Names);
        using X509Certificate2 pair = X509Certificate2.CreateFromPemFile(PathOf("svid.0.pem"), PathOf("svid.0.key"));
        Assert.Equal(web.X509Svid.ToByteArray(), pair.RawData);
        Assert.Equal(Authority.Certificate.ExportCertificatePem() + "\n", Read("bundle.0.pem"));
    }

    [Fact]
    public void The_key_is_PKCS8_as_the_agent_sent_it()
    {
        X509SVID web = Svid("web");
        Serve(web);

        Export("").Expect<object>();

        Assert.Equal(
            $"-----BEGIN PRIVATE KEY-----\n{Lines(web.X509SvidKey.ToBase64())}-----END PRIVATE KEY-----\n",
            Read("svid.0.key"));
    }

    [Fact]
    public void The_chain_has_the_leaf_first_and_the_intermediates_behind_it()
    {
        TestAuthority intermediate = Authority.CreateIntermediate();
        IssuedSvid issued = intermediate.Issue("spiffe://example.org/web");
        X509SVID web = Svid("web");
        web.X509Svid = ByteString.CopyFrom(issued.Der);
        web.X509SvidKey = ByteString.CopyFrom(issued.Pkcs8Key);
        Serve(web);

        Export("-Layout Helper").Expect<object>();

        X509Certificate2Collection chain = [];
        chain.ImportFromPemFile(PathOf("svid.pem"));
        Assert.Equal([issued.Leaf.Thumbprint, intermediate.Certificate.Thumbprint], chain.Select(certificate => certificate.Thumbprint));
    }

    [Fact]
    public void The_layout_Helper_has_names_that_can_be_chosen()
    {
        Serve(Svid("web"));

        Export("Helper").Expect<object>();
        Export("Helper -CertificateFileName cert.pem -KeyFileName cert.key -BundleFileName ca.pem").Expect<object>();

        Assert.Equal(["ca.pem", "cert.key", "cert.pem", "svid.pem", "svid_bundle.pem", "svid_key.pem"], Names);
        Assert.Equal(Read("svid_key.pem"), Read("cert.key"));
        Assert.Equal(Read("svid.pem"), Read("cert.pem"));
        Assert.Equal(Read("svid_bundle.pem"), Read("ca.pem"));
    }

    [Fact]
    public void The_layout_Combined_is_one_file_with_the_key_first()
    {
        Serve(Svid("web"));

        Export("Combined").Expect<object>();

        Assert.Equal(["svid.pem"], Names);
        Assert.StartsWith("-----BEGIN PRIVATE KEY-----\n", Read("svid.pem"), StringComparison.Ordinal);
        using X509Certificate2 pair = X509Certificate2.CreateFromPemFile(PathOf("svid.pem"));
        Assert.True(pair.HasPrivateKey);
        Assert.Equal(OwnerOnly, ModeOf("svid.pem"));
    }

    [Theory]
    [InlineData("Combined", "svid.pem")]
    [InlineData("Pfx -Password $password", "svid.pfx")]
    public void Layouts_of_one_file_write_the_authorities_where_a_name_is_given_for_them(string layout, string name)
    {
        Serve(Svid("web"));

        Run(
            "$password = [securestring]::new(); 'secret'.ToCharArray().ForEach({ $password.AppendChar($_) }); " +
            $"Get-SpiffeX509Svid -Endpoint $args[0] | Export-SpiffeX509Svid -Path $args[1] {layout} -BundleFileName ca.pem",
            Folder).Expect<object>();

        Assert.Equal(new[] { "ca.pem", name }.Order(), Names);
        Assert.Equal(Authority.Certificate.ExportCertificatePem() + "\n", Read("ca.pem"));
        Assert.Equal(ReadableByAll, ModeOf("ca.pem"));
    }

    [Fact]
    public void RSA_keys_are_written_too()
    {
        Serve(Messages.X509Svid(Authority, "spiffe://example.org/web", keyType: TestKeyType.Rsa2048));

        Export("").Expect<object>();

        using X509Certificate2 pair = X509Certificate2.CreateFromPemFile(PathOf("svid.0.pem"), PathOf("svid.0.key"));
        Assert.NotNull(pair.GetRSAPrivateKey());
    }

    [Theory]
    [Trait("Clause", "F-7")]
    [InlineData("Spire", "federated_bundle.0.0.pem", "federated_bundle.0.1.pem", "bundle.0.pem")]
    [InlineData("Helper", "svid_bundle.a.test.pem", "svid_bundle.other.org.pem", "svid_bundle.pem")]
    [InlineData("Combined", "svid_bundle.a.test.pem", "svid_bundle.other.org.pem", "svid_bundle.pem")]
    [InlineData("Helper -BundleFileName ca.crt", "ca.a.test.crt", "ca.other.org.crt", "ca.crt")]
    public void Federated_bundles_have_files_of_their_own(string layout, string first, string second, string own)
    {
        TestAuthority other = TestAuthority.Create("a.test");
        Serve(Federated(Messages.X509Svids(Svid("web")), Foreign, other));

        Export($"{layout} -IncludeFederated").Expect<object>();

        Assert.Equal(other.Certificate.ExportCertificatePem() + "\n", Read(first));
        Assert.Equal(Foreign.Certificate.ExportCertificatePem() + "\n", Read(second));
        Assert.Equal(Authority.Certificate.ExportCertificatePem() + "\n", Read(own));
    }

    [Fact]
    public void Federated_bundles_are_not_written_unasked()
    {
        Serve(Federated(Messages.X509Svids(Svid("web")), Foreign));

        Export("Helper").Expect<object>();

        Assert.Equal(["svid.pem", "svid_bundle.pem", "svid_key.pem"], Names);
    }

    [Fact]
    public void Expired_authorities_are_left_out_when_asked_for()
    {
        X509SVID web = Svid("web");
        using X509Certificate2 expired = CreateExpired();
        web.Bundle = ByteString.CopyFrom([.. Authority.BundleDer, .. expired.RawData]);
        Serve(web);

        Export("").Expect<object>();
        Assert.Equal(2, Read("bundle.0.pem").Split("BEGIN CERTIFICATE").Length - 1);
        Export("-OmitExpired").Expect<object>();
        Assert.Equal(Authority.Certificate.ExportCertificatePem() + "\n", Read("bundle.0.pem"));
    }

    [Fact]
    public void A_bundle_of_which_nothing_would_be_left_is_an_error_and_nothing_is_written()
    {
        X509SVID web = Svid("web");
        using X509Certificate2 expired = CreateExpired();
        web.Bundle = ByteString.CopyFrom(expired.RawData);
        Serve(web);

        Export("-OmitExpired").ExpectError("BundleInvalid", ErrorCategory.InvalidData);

        Assert.Empty(Names);
    }

    [Theory]
    [InlineData("Helper")]
    [InlineData("Combined")]
    public void A_layout_for_one_SVID_refuses_several_and_writes_none(string layout)
    {
        Serve(Svid("web"), Svid("batch"));

        ErrorRecord error = Export(layout).ExpectError("TooManyForTarget", ErrorCategory.InvalidArgument);

        Assert.Contains("spiffe://example.org/batch", error.Exception.Message, StringComparison.Ordinal);
        Assert.Empty(Names);
    }

    [Theory]
    [InlineData("Pfx")]
    [InlineData("Spire -CertificateFileName x.pem")]
    [InlineData("Spire -BundleFileName x.pem")]
    [InlineData("Combined -KeyFileName x.pem")]
    [InlineData("Helper -Password $password")]
    [InlineData("Helper -PfxEncryption Aes256")]
    [InlineData("Helper -KeyFileName SVID.pem")]
    [InlineData("Combined -BundleFileName svid.pem")]
    public void Parameters_that_do_not_go_with_the_layout_end_the_command(string parameters)
    {
        Serve(Svid("web"));

        SessionResult result = Run(
            "$password = [securestring]::new(); " +
            $"Get-SpiffeX509Svid -Endpoint $args[0] | Export-SpiffeX509Svid -Path $args[1] {parameters}",
            Folder);

        result.ExpectError("LayoutMismatch", ErrorCategory.InvalidArgument);
        Assert.Empty(Names);
    }

    private static X509Certificate2 CreateExpired() => TestSigner.CreateRoot()
        .Issue("CN=Past", TestSigner.SignerExtensions, DateTimeOffset.UtcNow.AddHours(-2), DateTimeOffset.UtcNow.AddHours(-1))
        .Certificate;

    private static string Lines(string base64) => string.Concat(base64.Chunk(64).Select(line => new string(line) + "\n"));
}
