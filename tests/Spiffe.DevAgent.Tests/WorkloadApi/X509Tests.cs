using System.Diagnostics;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using Google.Protobuf;
using Grpc.Core;
using Spiffe.Protocol;
using Spiffe.Testing;

namespace Spiffe.Tests.WorkloadApi;

public sealed class X509Tests : AgentTest
{
    private const string Openssl = "/usr/bin/openssl";

    private const string TwoEntries =
        """
        "entries": [
            { "spiffeId": "spiffe://example.org/z", "hint": "external", "dnsName": ["z.example.org"] },
            { "spiffeId": "spiffe://example.org/a", "hint": "internal", "keyType": "RSA-2048", "ttlSec": 600 }
        ]
        """;

    [Fact]
    public async Task Without_entries_a_caller_is_the_user_that_the_kernel_names()
    {
        SpiffeWorkloadAPI.SpiffeWorkloadAPIClient client = await StartAsync("\"trustDomain\": \"dev.example\"");

        X509SVIDResponse response = await FetchAsync(client);

        Assert.Equal($"spiffe://dev.example/user/{ThisAccount.Name}", Assert.Single(response.Svids).SpiffeId);
        Assert.Contains($"pid {Environment.ProcessId}, uid ", Log.ToString(), StringComparison.Ordinal);
    }

    [Fact]
    [Trait("Clause", "A-38")]
    [Trait("Clause", "A-41")]
    public async Task Entries_come_in_their_order_and_read_back_as_SVIDs()
    {
        SpiffeWorkloadAPI.SpiffeWorkloadAPIClient client = await StartAsync(TwoEntries);

        X509SVIDResponse response = await FetchAsync(client);

        Assert.Equal(["external", "internal"], response.Svids.Select(svid => svid.Hint));
        Assert.Equal(["ECDSA P-256", "RSA 2048"], response.Svids.Select(Read).Select(svid => svid.KeyAlgorithm));
    }

    [Fact]
    [Trait("Clause", "X-14")]
    [Trait("Clause", "X-15")]
    [Trait("Clause", "X-20")]
    [Trait("Clause", "X-21")]
    public async Task A_leaf_is_what_the_standard_wants()
    {
        SpiffeWorkloadAPI.SpiffeWorkloadAPIClient client = await StartAsync(TwoEntries);

        X509Certificate2 leaf = Read((await FetchAsync(client)).Svids[0]).Certificate;

        Assert.True(leaf.Extensions.OfType<X509KeyUsageExtension>().Single().Critical);
        Assert.False(leaf.Extensions.OfType<X509BasicConstraintsExtension>().Single().CertificateAuthority);
        Assert.Equal(
            ["1.3.6.1.5.5.7.3.1", "1.3.6.1.5.5.7.3.2"],
            leaf.Extensions.OfType<X509EnhancedKeyUsageExtension>().Single().EnhancedKeyUsages.Cast<Oid>().Select(usage => usage.Value));
        Assert.True(leaf.MatchesHostname("z.example.org"));
        Assert.NotEmpty(leaf.SubjectName.RawData);
        Assert.True(leaf.NotBefore < DateTime.Now);
    }

    [Fact]
    [Trait("Clause", "X-7")]
    [Trait("Clause", "X-8")]
    [Trait("Clause", "X-11")]
    [Trait("Clause", "X-16")]
    public async Task The_authority_is_what_the_standard_wants()
    {
        SpiffeWorkloadAPI.SpiffeWorkloadAPIClient client = await StartAsync();

        X509Certificate2 authority = Assert.Single(Read((await FetchAsync(client)).Svids[0]).Bundle.X509Authorities);

        Assert.True(authority.Extensions.OfType<X509BasicConstraintsExtension>().Single() is { Critical: true, CertificateAuthority: true });
        X509KeyUsageExtension usage = authority.Extensions.OfType<X509KeyUsageExtension>().Single();
        Assert.True(usage.Critical);
        Assert.Equal(X509KeyUsageFlags.KeyCertSign | X509KeyUsageFlags.CrlSign, usage.KeyUsages);
        Assert.Contains("spiffe://example.org", System.Text.Encoding.ASCII.GetString(authority.Extensions["2.5.29.17"]!.RawData), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Openssl_verifies_an_SVID_against_the_bundle()
    {
        Assert.SkipUnless(File.Exists(Openssl), "needs openssl");
        SpiffeWorkloadAPI.SpiffeWorkloadAPIClient client = await StartAsync(TwoEntries);
        X509SVIDResponse response = await FetchAsync(client);
        string bundle = SocketPath + ".bundle.pem";
        await File.WriteAllTextAsync(bundle, Read(response.Svids[0]).Bundle.ToPem(), Token);

        foreach (X509SVID svid in response.Svids)
        {
            string leaf = SocketPath + ".leaf.pem";
            await File.WriteAllTextAsync(leaf, Read(svid).Certificate.ExportCertificatePem(), Token);
            using Process openssl = Process.Start(new ProcessStartInfo(
                Openssl, ["verify", "-x509_strict", "-purpose", "sslserver", "-CAfile", bundle, leaf])
            {
                RedirectStandardOutput = true,
                RedirectStandardError = true,
            })!;
            string said = await openssl.StandardOutput.ReadToEndAsync(Token) + await openssl.StandardError.ReadToEndAsync(Token);
            await openssl.WaitForExitAsync(Token);
            Assert.True(openssl.ExitCode == 0, said);
        }
    }

    [Fact]
    [Trait("Clause", "A-4")]
    [Trait("Clause", "A-5")]
    public async Task A_stream_gets_the_full_set_again_before_half_of_a_life_is_gone()
    {
        SpiffeWorkloadAPI.SpiffeWorkloadAPIClient client = await StartAsync(
            """
            "entries": [ { "spiffeId": "spiffe://example.org/short", "ttlSec": 4 }, { "spiffeId": "spiffe://example.org/long" } ]
            """);
        using AsyncServerStreamingCall<X509SVIDResponse> call =
            client.FetchX509SVID(new X509SVIDRequest(), Header, cancellationToken: Token);

        Assert.True(await call.ResponseStream.MoveNext(Token));
        X509SVIDResponse first = call.ResponseStream.Current;
        Assert.True(await call.ResponseStream.MoveNext(Token));
        X509SVIDResponse second = call.ResponseStream.Current;

        X509Svid before = Read(first.Svids[0]);
        Assert.True(Read(second.Svids[0]).NotBefore < before.NotAfter, "renewed too late");
        Assert.NotEqual(first.Svids[0].X509Svid, second.Svids[0].X509Svid);
        Assert.NotEqual(first.Svids[0].X509SvidKey, second.Svids[0].X509SvidKey);
        Assert.Equal(first.Svids[0].Bundle, second.Svids[0].Bundle);
        Assert.Equal(first.Svids[1], second.Svids[1]);
    }

    [Fact]
    public async Task All_callers_of_an_identity_share_its_SVID()
    {
        SpiffeWorkloadAPI.SpiffeWorkloadAPIClient client = await StartAsync();

        Assert.Equal(await FetchAsync(client), await FetchAsync(client));
    }

    [Fact]
    public async Task A_client_that_leaves_is_forgotten()
    {
        SpiffeWorkloadAPI.SpiffeWorkloadAPIClient client = await StartAsync();
        AsyncServerStreamingCall<X509SVIDResponse> call =
            client.FetchX509SVID(new X509SVIDRequest(), Header, cancellationToken: Token);
        Assert.True(await call.ResponseStream.MoveNext(Token));
        Assert.Equal(1, OpenStreams);

        call.Dispose();

        for (int i = 0; OpenStreams > 0 && i < 1000; i++)
        {
            await Task.Delay(10, Token);
        }

        Assert.Equal(0, OpenStreams);
    }

    [Fact]
    public async Task The_bundles_hold_the_authorities_of_the_own_trust_domain()
    {
        SpiffeWorkloadAPI.SpiffeWorkloadAPIClient client = await StartAsync();
        using AsyncServerStreamingCall<X509BundlesResponse> call =
            client.FetchX509Bundles(new X509BundlesRequest(), Header, cancellationToken: Token);

        Assert.True(await call.ResponseStream.MoveNext(Token));

        (string id, ByteString der) = Assert.Single(call.ResponseStream.Current.Bundles);
        Assert.Equal("spiffe://example.org", id);
        Assert.Equal((await FetchAsync(client)).Svids[0].Bundle, der);
    }

    [Fact]
    public async Task The_log_says_who_got_what_and_no_secret()
    {
        SpiffeWorkloadAPI.SpiffeWorkloadAPIClient client = await StartAsync(TwoEntries);
        X509SVIDResponse response = await FetchAsync(client);

        string log = Log.ToString();

        Assert.Contains("/SpiffeWorkloadAPI/FetchX509SVID", log, StringComparison.Ordinal);
        Assert.Contains("spiffe://example.org/z, spiffe://example.org/a", log, StringComparison.Ordinal);
        Assert.DoesNotContain(response.Svids[0].X509SvidKey.ToBase64()[..24], log, StringComparison.Ordinal);
    }

    private static X509Svid Read(X509SVID message)
    {
        SpiffeId id = SpiffeId.Parse(message.SpiffeId);
        SpiffeBundle bundle = SpiffeBundle.FromX509Der(id.TrustDomain, message.Bundle.Memory);
        X509Svid svid = X509Svid.FromDer(
            id, message.Hint, isDefault: false, message.X509Svid.Memory, message.X509SvidKey.Memory, bundle, []);
        using X509Chain chain = new();
        chain.ChainPolicy.TrustMode = X509ChainTrustMode.CustomRootTrust;
        chain.ChainPolicy.CustomTrustStore.AddRange(bundle.X509Authorities.ToArray());
        chain.ChainPolicy.RevocationMode = X509RevocationMode.NoCheck;
        Assert.True(chain.Build(svid.Certificate));
        return svid;
    }
}
