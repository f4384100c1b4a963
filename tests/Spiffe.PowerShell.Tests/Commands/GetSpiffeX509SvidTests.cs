using System.Management.Automation;
using System.Net;
using System.Net.Security;
using System.Net.Sockets;
using System.Security.Cryptography.X509Certificates;
using Spiffe.Testing;
using Spiffe.Tests.Hosting;

namespace Spiffe.Tests.Commands;

public sealed class GetSpiffeX509SvidTests : CommandTest
{
    [Fact]
    public void All_identities_come_out_in_the_servers_order()
    {
        ServeThree();

        IReadOnlyList<X509Svid> svids = Run("Get-SpiffeX509Svid -Endpoint $args[0]").Expect<X509Svid>();

        Assert.Equal(["/z", "/a", "/m"], svids.Select(svid => svid.SpiffeId.Path));
        Assert.Equal([true, false, false], svids.Select(svid => svid.IsDefault));
    }

    [Theory]
    [InlineData("-Default", "/z")]
    [InlineData("-SpiffeId spiffe://example.org/a", "/a")]
    [InlineData("spiffe://example.org/m, spiffe://example.org/z", "/z /m")]
    [InlineData("-Hint internal", "/a")]
    [InlineData("-Hint internal, external", "/z /a")]
    [InlineData("-Hint internal -SpiffeId spiffe://example.org/a", "/a")]
    public void A_selection_keeps_the_servers_order(string selection, string paths)
    {
        ServeThree();

        IReadOnlyList<X509Svid> svids = Run($"Get-SpiffeX509Svid -Endpoint $args[0] {selection}").Expect<X509Svid>();

        Assert.Equal(paths, string.Join(' ', svids.Select(svid => svid.SpiffeId.Path)));
    }

    [Fact]
    public void Of_two_ids_asked_for_the_one_that_is_there_comes_out_and_the_other_is_reported()
    {
        ServeThree();

        SessionResult result = Run("Get-SpiffeX509Svid -Endpoint $args[0] -SpiffeId spiffe://example.org/none, spiffe://example.org/a");

        ErrorRecord error = result.ExpectError("SpiffeIdNotFound", ErrorCategory.ObjectNotFound);
        Assert.Equal(SpiffeId.Parse("spiffe://example.org/none"), error.TargetObject);
        Assert.Contains("spiffe://example.org/m", error.Exception.Message, StringComparison.Ordinal);
        Assert.Equal("spiffe://example.org/a", Assert.Single(result.Output).ToString());
    }

    [Fact]
    [Trait("Clause", "A-40")]
    public void A_missing_hint_is_reported_with_those_that_there_are()
    {
        ServeThree();

        ErrorRecord error = Run("Get-SpiffeX509Svid -Endpoint $args[0] -Hint none")
            .ExpectError("HintNotFound", ErrorCategory.ObjectNotFound);

        Assert.Contains("'external', 'internal'", error.Exception.Message, StringComparison.Ordinal);
    }

    [Fact]
    [Trait("Clause", "A-39")]
    public void A_message_shows_a_hint_without_its_control_characters()
    {
        Server.X509Svids = ScriptedWorkloadApi.Always(Messages.X509Svids(
            Messages.X509Svid(Authority, "spiffe://example.org/web", "red\u001b[31m")));

        ErrorRecord error = Run("Get-SpiffeX509Svid -Endpoint $args[0] -Hint none")
            .ExpectError("HintNotFound", ErrorCategory.ObjectNotFound);

        Assert.Contains("'red\\u001b[31m'", error.Exception.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void The_certificate_serves_as_TLS_client_certificate()
    {
        Server.X509Svids = ScriptedWorkloadApi.Always(Messages.X509Svids(
            Messages.X509Svid(Authority, "spiffe://example.org/web"),
            Messages.X509Svid(Authority, "spiffe://example.org/rsa", keyType: TestKeyType.Rsa2048)));

        IReadOnlyList<X509Certificate2> certificates =
            Run("Get-SpiffeX509Svid -Endpoint $args[0] -AsCertificate").Expect<X509Certificate2>();

        Assert.All(certificates, certificate =>
            Assert.Equal(certificate.Thumbprint, PresentToServer(certificate).GetAwaiter().GetResult()));
    }

    [Fact]
    public void A_string_that_is_not_an_ID_gives_an_error_that_says_why()
    {
        ErrorRecord error = Assert.Single(Run("Get-SpiffeX509Svid -Endpoint $args[0] -SpiffeId spiffe://Example.org/x").Errors);

        Assert.Equal(ErrorCategory.InvalidArgument, error.CategoryInfo.Category);
        Assert.Contains("lower case", error.Exception.Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("Get-SpiffeX509Svid -SpiffeId $null")]
    [InlineData("Get-SpiffeX509Svid -Hint $null")]
    [InlineData("Get-SpiffeBundle -TrustDomain $null")]
    [InlineData("Watch-SpiffeSvid -SpiffeId $null")]
    [InlineData("Get-SpiffeJwtSvid orders -SpiffeId $null")]
    [InlineData("Export-SpiffeBundle x.pem -TrustDomain $null")]
    public void Null_is_refused_when_parameters_are_bound(string command)
    {
        ErrorRecord error = Assert.Single(Run($"{command} -Endpoint $args[0]").Errors);

        Assert.Equal(ErrorCategory.InvalidData, error.CategoryInfo.Category);
        Assert.Empty(Server.Requests);
    }

    [Fact]
    public void Verbose_shows_the_endpoint_and_its_origin_and_no_secret()
    {
        ServeThree();

        SessionResult result = Run("Get-SpiffeX509Svid -Endpoint $args[0] -Verbose");

        Assert.Contains(result.Verbose, line => line.Contains(Server.SocketPath, StringComparison.Ordinal) &&
            line.Contains("-Endpoint", StringComparison.Ordinal));
    }

    [Fact]
    public void A_bare_path_and_the_alias_SocketPath_are_understood()
    {
        ServeThree();

        Assert.Equal(3, Session.Run("Get-SpiffeX509Svid -SocketPath $args[0]", Server.SocketPath).Expect<X509Svid>().Count);
    }

    [Fact]
    public void A_snapshot_that_crosses_a_process_boundary_is_readable_and_holds_no_key()
    {
        ServeThree();
        X509Svid svid = Run("Get-SpiffeX509Svid -Endpoint $args[0] -Default").Expect<X509Svid>()[0];

        string serialized = PSSerializer.Serialize(svid, depth: 5);
        PSObject snapshot = (PSObject)PSSerializer.Deserialize(serialized);

        Assert.Equal("spiffe://example.org/z", snapshot.Properties["SpiffeId"].Value.ToString());
        Assert.Equal(svid.Thumbprint, snapshot.Properties["Thumbprint"].Value);
        byte[] secret = svid.Certificate.GetECDsaPrivateKey()!.ExportParameters(includePrivateParameters: true).D!;
        Assert.DoesNotContain(Convert.ToBase64String(secret)[..20], serialized, StringComparison.Ordinal);
    }

    private void ServeThree() => Server.X509Svids = ScriptedWorkloadApi.Always(Messages.X509Svids(
        Messages.X509Svid(Authority, "spiffe://example.org/z", "external"),
        Messages.X509Svid(Authority, "spiffe://example.org/a", "internal"),
        Messages.X509Svid(Authority, "spiffe://example.org/m")));

    /// <summary>Connects with the certificate; gives the thumbprint that the server saw.</summary>
    private static async Task<string> PresentToServer(X509Certificate2 certificate)
    {
        using TcpListener listener = new(IPAddress.Loopback, port: 0);
        listener.Start();
        string seen = string.Empty;
        Task server = Task.Run(
            async () =>
            {
                using TcpClient accepted = await listener.AcceptTcpClientAsync(Token);
                await using SslStream stream = new(accepted.GetStream());
                await stream.AuthenticateAsServerAsync(
                    new SslServerAuthenticationOptions
                    {
                        ServerCertificate = certificate,
                        ClientCertificateRequired = true,
                        RemoteCertificateValidationCallback = (_, remote, _, _) =>
                        {
                            seen = remote?.GetCertHashString() ?? string.Empty;
                            return remote?.Issuer == Authority.Certificate.Subject;
                        },
                    },
                    Token);
                await stream.WriteAsync(new byte[] { 1 }, Token);
            },
            Token);
        using TcpClient client = new();
        await client.ConnectAsync((IPEndPoint)listener.LocalEndpoint, Token);
        await using SslStream tls = new(client.GetStream(), leaveInnerStreamOpen: false, (_, remote, _, _) => remote?.Issuer == Authority.Certificate.Subject);
        await tls.AuthenticateAsClientAsync(
            new SslClientAuthenticationOptions { TargetHost = "localhost", ClientCertificates = [certificate] }, Token);
        Assert.Equal(1, await tls.ReadAsync(new byte[1], Token));
        await server;
        return seen;
    }
}
