using System.Globalization;
using System.Net;
using System.Net.Security;
using System.Net.Sockets;
using System.Security.Authentication;
using System.Security.Cryptography.X509Certificates;
using System.Text.Json;
using Spiffe.Tls;

namespace Spiffe.Tests.BundleServing;

public sealed class BundleServerTests : BundleServerTest
{
    [Theory]
    [InlineData("HttpsSpiffe")]
    [InlineData("HttpsWeb")]
    [Trait("Clause", "F-8")]
    [Trait("Clause", "F-15")]
    [Trait("Clause", "F-17")]
    public async Task Either_profile_serves_the_bundle_with_sequence_and_hint_and_the_newest_behind_a_rotation(string profile)
    {
        SpiffeBundle trusted = await ServeAsync(profile);
        BundleFetch fetch = profile == "HttpsWeb" ? WebFetch() : SpiffeFetch(trusted);

        SpiffeBundle first = await fetch.FetchAsync(Token);
        Update("""{ "rotate": [ "X509Authority", "JwtAuthority" ] }""");
        SpiffeBundle second = await fetch.FetchAsync(Token);

        Assert.Equal(("1 X.509, 1 JWT", TimeSpan.FromSeconds(5)), (first.Authorities, first.RefreshHint));
        Assert.Equal("2 X.509, 2 JWT", second.Authorities);
        Assert.True(second.SequenceNumber > first.SequenceNumber);
    }

    [Fact]
    [Trait("Clause", "F-26")]
    public async Task The_servers_certificate_is_a_valid_SVID()
    {
        SpiffeBundle trusted = await ServeAsync(more: """
            "spiffeId": "spiffe://example.org/published/here"
            """);

        X509Certificate2 certificate = await ReadCertificateAsync();
        X509SvidVerification verification = X509SvidVerifier.Verify(
            certificate, [], [trusted], new X509SvidVerificationOptions { Purpose = SvidPurpose.Server, IsStrict = true });

        Assert.Equal("spiffe://example.org/published/here", verification.SpiffeId?.ToString());
        Assert.Equal(certificate, await ReadCertificateAsync());
    }

    [Fact]
    [Trait("Clause", "F-2")]
    [Trait("Clause", "F-28")]
    public async Task A_follower_that_comes_only_after_the_new_authority_signs_still_knows_the_endpoint()
    {
        BundleFetch fetch = SpiffeFetch(await ServeAsync());
        SpiffeBundle before = await fetch.FetchAsync(Token);
        Update("""{ "rotate": [ "X509Authority" ] }""");
        await WaitForLogAsync("authorities changed");

        SpiffeBundle after = await fetch.FetchAsync(Token);

        Assert.Equal("2 X.509, 1 JWT", after.Authorities);
        Assert.Contains(before.X509Authorities[0], after.X509Authorities);
    }

    [Fact]
    [Trait("Clause", "F-9")]
    public async Task Only_TLS_1_2_and_later_with_forward_secrecy_and_authenticated_encryption_is_spoken()
    {
        await ServeAsync();

        await ConnectAsync(SslProtocols.Tls13, TlsCipherSuite.TLS_AES_256_GCM_SHA384);
        await ConnectAsync(SslProtocols.Tls12, TlsCipherSuite.TLS_ECDHE_ECDSA_WITH_AES_128_GCM_SHA256);
        await Assert.ThrowsAnyAsync<Exception>(
            () => ConnectAsync(SslProtocols.Tls12, TlsCipherSuite.TLS_ECDHE_ECDSA_WITH_AES_128_CBC_SHA256));
        await Assert.ThrowsAnyAsync<Exception>(
            () => ConnectAsync(SslProtocols.Tls12, TlsCipherSuite.TLS_RSA_WITH_AES_128_GCM_SHA256));
    }

    [Theory]
    [InlineData("HttpsSpiffe")]
    [InlineData("HttpsWeb")]
    [Trait("Clause", "F-14")]
    public async Task A_client_is_never_asked_who_it_is(string profile)
    {
        await ServeAsync(profile);
        List<string[]> questions = [];

        // A server that wants a certificate has this called twice: before the handshake, and with the server's question.
        using SslStream stream = await ConnectAsync(SslProtocols.Tls12, cipherSuite: null, (_, _, _, remote, issuers) =>
        {
            if (remote is not null)
            {
                questions.Add(issuers);
            }

            return null!;
        });

        Assert.Empty(questions);
    }

    [Fact]
    [Trait("Clause", "F-16")]
    [Trait("Clause", "F-34")]
    public async Task The_document_is_JSON_in_UTF8_and_each_request_is_logged()
    {
        await ServeAsync();

        using HttpResponseMessage response = await SendAsync(HttpMethod.Get, "/");

        Assert.Equal("application/json", response.Content.Headers.ContentType!.ToString());
        Assert.Equal(JsonValueKind.Object, JsonElement.Parse(await response.Content.ReadAsByteArrayAsync(Token)).ValueKind);
        await WaitForLogAsync("bundle endpoint: GET '/' from 127.0.0.1:");
    }

    [Theory]
    [InlineData("GET", "/other", HttpStatusCode.NotFound)]
    [InlineData("HEAD", "/", HttpStatusCode.MethodNotAllowed)]
    [InlineData("POST", "/", HttpStatusCode.MethodNotAllowed)]
    [InlineData("GET", "/spiffe.workloadapi.SpiffeWorkloadAPI/FetchX509SVID", HttpStatusCode.NotFound)]
    [Trait("Clause", "F-22")]
    public async Task Nothing_else_is_served_and_nothing_redirects(string method, string path, HttpStatusCode status)
    {
        await ServeAsync();

        using HttpResponseMessage response = await SendAsync(new HttpMethod(method), path);

        Assert.Equal(status, response.StatusCode);
        Assert.Null(response.Headers.Location);
        await WaitForLogAsync($": {(int)status}");
    }

    [Fact]
    public async Task A_client_that_has_the_document_gets_304_and_later_the_next_one()
    {
        await ServeAsync();
        using HttpResponseMessage first = await SendAsync(HttpMethod.Get, "/");
        string tag = first.Headers.ETag!.ToString();
        string time = first.Content.Headers.LastModified!.Value.ToString("R", CultureInfo.InvariantCulture);

        using HttpResponseMessage byTag = await SendAsync(HttpMethod.Get, "/", ("If-None-Match", tag));
        using HttpResponseMessage byTime = await SendAsync(HttpMethod.Get, "/", ("If-Modified-Since", time));
        Update("""{ "rotate": [ "X509Authority" ] }""");
        using HttpResponseMessage newByTag = await SendAsync(HttpMethod.Get, "/", ("If-None-Match", tag), ("If-Modified-Since", time));
        using HttpResponseMessage newByTime = await SendAsync(HttpMethod.Get, "/", ("If-Modified-Since", time));

        Assert.Equal([HttpStatusCode.NotModified, HttpStatusCode.NotModified], [byTag.StatusCode, byTime.StatusCode]);
        Assert.Equal([HttpStatusCode.OK, HttpStatusCode.OK], [newByTag.StatusCode, newByTime.StatusCode]);
    }

    [Fact]
    public async Task A_port_that_is_taken_ends_the_start_and_leaves_nothing()
    {
        using TcpListener taken = new(IPAddress.Loopback, port: 0);
        taken.Start();

        Exception exception = await Assert.ThrowsAnyAsync<Exception>(() => StartAsync(
            $"\"bundleEndpoint\": {{ \"address\": \"{taken.LocalEndpoint}\" }}"));

        Assert.Contains(taken.LocalEndpoint.ToString()!, exception.Message, StringComparison.Ordinal);
        Assert.False(File.Exists(SocketPath));
    }

    /// <summary>Who the server is does not matter here.</summary>
    private static bool IsShown(object sender, X509Certificate? certificate, X509Chain? chain, SslPolicyErrors errors) =>
        certificate is not null;

    private async Task<X509Certificate2> ReadCertificateAsync()
    {
        using SslStream stream = await ConnectAsync(SslProtocols.None, cipherSuite: null);
        return X509CertificateLoader.LoadCertificate(stream.RemoteCertificate!.GetRawCertData());
    }

    private async Task<SslStream> ConnectAsync(
        SslProtocols protocols, TlsCipherSuite? cipherSuite, LocalCertificateSelectionCallback? select = null)
    {
        TcpClient client = new();
        await client.ConnectAsync(IPAddress.Loopback, BundleEndpoint.Port, Token);
        SslStream stream = new(client.GetStream());
        await stream.AuthenticateAsClientAsync(
            new SslClientAuthenticationOptions
            {
                TargetHost = "localhost",
                EnabledSslProtocols = protocols,
                CipherSuitesPolicy = cipherSuite is { } suite && !OperatingSystem.IsWindows() ? new CipherSuitesPolicy([suite]) : null,
                LocalCertificateSelectionCallback = select,
                RemoteCertificateValidationCallback = IsShown,
            },
            Token);
        return stream;
    }

    private async Task<HttpResponseMessage> SendAsync(HttpMethod method, string path, params (string Name, string Value)[] headers)
    {
        using HttpClient client = new(new SocketsHttpHandler
        {
            AllowAutoRedirect = false,
            UseProxy = false,
            SslOptions = new SslClientAuthenticationOptions { RemoteCertificateValidationCallback = IsShown },
        });
        using HttpRequestMessage request = new(method, new Uri(BundleEndpoint, path));
        foreach ((string name, string value) in headers)
        {
            request.Headers.TryAddWithoutValidation(name, value);
        }

        return await client.SendAsync(request, Token);
    }
}
