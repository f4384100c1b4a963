using System.Management.Automation;
using Google.Protobuf;
using Spiffe.Protocol;
using Spiffe.Testing;
using Spiffe.Tests.Hosting;

namespace Spiffe.Tests.Commands;

public sealed class TestSpiffeX509SvidTests : CommandTest
{
    private static readonly TestSigner s_root = TestSigner.CreateRoot();
    private static readonly SpiffeBundle s_bundle = new(TrustDomain.Parse("example.org"), [s_root.Certificate]);

    [Fact]
    public void An_SVID_brings_its_own_bundle_and_the_agent_is_not_asked_again()
    {
        Server.X509Svids = ScriptedWorkloadApi.Always(Messages.X509Svids(Authority));

        SessionResult result = Run("Get-SpiffeX509Svid -Endpoint $args[0] | Test-SpiffeX509Svid -Verbose");

        Assert.True(result.Expect<bool>().Single(), string.Join('\n', result.Verbose));
        Assert.Single(Server.Requests);
    }

    [Theory]
    [InlineData("[System.Version]'1.2' | Test-SpiffeX509Svid -Bundle $args[1]")]
    [InlineData("[Spiffe.SpiffeId]'spiffe://example.org/web' | Test-SpiffeX509Svid -Bundle $args[1]")]
    [InlineData("Test-SpiffeX509Svid ([Spiffe.SpiffeId]'spiffe://example.org/web') -Bundle $args[1]")]
    public void An_object_that_is_not_a_file_is_not_used_as_a_path(string script)
    {
        ErrorRecord error = Assert.Single(Run(script, s_bundle).Errors);

        Assert.IsAssignableFrom<ParameterBindingException>(error.Exception);
    }

    [Fact]
    [Trait("Clause", "B-2")]
    public void Against_another_trust_domains_bundle_the_answer_is_false_and_Detailed_names_the_clause()
    {
        Server.X509Svids = ScriptedWorkloadApi.Always(Messages.X509Svids(Authority));
        SpiffeBundle other = new(TrustDomain.Parse("other.org"), [Authority.Certificate]);

        SessionResult result = Run(
            "$a = $args; $svid = Get-SpiffeX509Svid -Endpoint $a[0]; $svid | Test-SpiffeX509Svid -Bundle $a[1]; " +
            "$svid | Test-SpiffeX509Svid -Bundle $a[1] -Detailed | Where-Object Result -EQ Failed | ForEach-Object Clause",
            other);

        Assert.Empty(result.Errors);
        Assert.Equal([false, "Trust Domain and Bundle 3"], result.Output.Select(item => item.BaseObject));
    }

    [Fact]
    public void A_certificate_with_its_chain_is_verified_without_an_agent()
    {
        TestSigner signer = s_root.IssueSigner("CN=Signer");
        TestSigner leaf = signer.Issue();

        Assert.Equal(
            [true, false],
            Session.Run(
                "$args[0] | Test-SpiffeX509Svid -Chain $args[1] -Bundle $args[2]; Test-SpiffeX509Svid $args[0] -Bundle $args[2]",
                leaf.Certificate, signer.Certificate, s_bundle).Expect<bool>());
    }

    [Fact]
    public void Without_a_bundle_the_agent_is_asked_for_its_own_once()
    {
        X509BundlesResponse response = new() { Bundles = { ["spiffe://example.org"] = ByteString.CopyFrom(s_root.Certificate.RawData) } };
        Server.X509Bundles = ScriptedWorkloadApi.Always(response);

        Assert.Equal(
            [true, true],
            Run("$a = $args; $a[1], $a[1] | Test-SpiffeX509Svid -Endpoint $a[0]", s_root.Issue().Certificate).Expect<bool>());
        Assert.Single(Server.Requests);
    }

    [Theory]
    [Trait("Clause", "X-21")]
    [InlineData("-Purpose Client", true)]
    [InlineData("-Purpose Server", false)]
    [InlineData("-Strict", false)]
    [InlineData("-At ([datetime]::Now.AddYears(1))", false)]
    public void Purpose_strictness_and_instant_are_heeded(string arguments, bool expected)
    {
        TestSigner leaf = s_root.Issue(
            extensions: [.. TestSigner.LeafExtensions(), TestExtensions.ExtendedKeyUsage(critical: false, "1.3.6.1.5.5.7.3.2")]);

        Assert.Equal(
            [expected],
            Session.Run($"Test-SpiffeX509Svid $args[0] -Bundle $args[1] {arguments}", leaf.Certificate, s_bundle).Expect<bool>());
    }

    [Fact]
    [Trait("Clause", "A-14")]
    public void Revocation_lists_of_the_agent_are_looked_into_on_request()
    {
        X509SVIDResponse response = Messages.X509Svids(Authority);
        TestSigner authority = TestSigner.CreateRoot();
        TestSigner leaf = authority.Issue();
        response.Svids[0].X509Svid = ByteString.CopyFrom(leaf.Certificate.RawData);
        response.Svids[0].X509SvidKey = ByteString.CopyFrom(leaf.Pkcs8Key);
        response.Svids[0].Bundle = ByteString.CopyFrom(authority.Certificate.RawData);
        response.Crl.Add(ByteString.CopyFrom(authority.CreateRevocationList(DateTimeOffset.UtcNow.AddHours(1), leaf.Certificate)));
        Server.X509Svids = ScriptedWorkloadApi.Always(response);

        SessionResult result = Run(
            "$svid = Get-SpiffeX509Svid -Endpoint $args[0]; $svid | Test-SpiffeX509Svid; $svid | Test-SpiffeX509Svid -CheckCrl; " +
            "$svid.RevocationLists.Issuer");

        Assert.Empty(result.Errors);
        Assert.Equal([true, false, "CN=Root"], result.Output.Select(item => item.BaseObject));
    }

    [Fact]
    [Trait("Clause", "A-14")]
    public void A_revocation_list_that_cannot_be_read_is_reported()
    {
        X509SVIDResponse response = Messages.X509Svids(Authority);
        response.Crl.Add(ByteString.CopyFrom(1, 2, 3));
        Server.X509Svids = ScriptedWorkloadApi.Always(response);

        Run("Get-SpiffeX509Svid -Endpoint $args[0]").ExpectError("ResponseInvalid", ErrorCategory.InvalidData);
    }

    [Fact]
    public void Files_are_read_with_their_chain_and_a_file_without_a_certificate_is_false()
    {
        using TemporaryFolder folder = new();
        TestSigner signer = s_root.IssueSigner("CN=Signer");
        TestSigner leaf = signer.Issue();
        string pem = leaf.Certificate.ExportCertificatePem();
        folder.Write("a-chain.pem", "the leaf\n" + pem + "\nits signer\n" + signer.Certificate.ExportCertificatePem());
        folder.Write("b-chain.der", [.. leaf.Certificate.RawData, .. signer.Certificate.RawData]);
        folder.Write("c-alone.pem", pem);
        folder.Write("d-garbage.pem", pem.Replace("MII", "M?I", StringComparison.Ordinal) + pem);
        folder.Write("e-open.pem", pem + "\n-----BEGIN CERTIFICATE-----\nAAAA\n");
        folder.Write("f-key.pem", pem + "\n-----BEGIN PRIVATE KEY-----\nAAAA\n-----END PRIVATE KEY-----\n");
        folder.Write("g-empty.pem", "");

        Assert.Equal(
            [true, true, false, false, false, false, false],
            Session.Run("Test-SpiffeX509Svid ($args[0] + '/*') -Bundle $args[1]", folder.Path, s_bundle).Expect<bool>());
        Assert.Equal(
            [true],
            Session.Run("[pscustomobject]@{ PSPath = $args[0] + '/a-chain.pem' } | Test-SpiffeX509Svid -Bundle $args[1]", folder.Path, s_bundle).Expect<bool>());
    }

    [Fact]
    public void A_file_that_is_not_there_is_an_error_and_the_next_one_is_read()
    {
        using TemporaryFolder folder = new();
        folder.Write("leaf.pem", s_root.Issue().Certificate.ExportCertificatePem());

        SessionResult result = Session.Run(
            "Test-SpiffeX509Svid ($args[0] + '/none.pem'), ($args[0] + '/leaf.pem') -Bundle $args[1]", folder.Path, s_bundle);

        result.ExpectError("FileNotFound", ErrorCategory.ObjectNotFound);
        Assert.Equal([true], result.Output.Select(item => item.BaseObject));
    }

    [Fact]
    public void A_folder_and_a_file_over_the_limit_are_errors()
    {
        using TemporaryFolder folder = new();
        folder.Write("large.pem", new string(' ', (4 * 1024 * 1024) + 1));

        SessionResult large = Session.Run("Test-SpiffeX509Svid -LiteralPath ($args[0] + '/large.pem') -Bundle $args[1]", folder.Path, s_bundle);

        Assert.Contains("4194304", large.ExpectError("ReadFailed", ErrorCategory.ReadError).ToString(), StringComparison.Ordinal);
        Session.Run("Test-SpiffeX509Svid -LiteralPath $args[0] -Bundle $args[1]", folder.Path, s_bundle)
            .ExpectError("ReadFailed", ErrorCategory.ReadError);
        Session.Run("Test-SpiffeX509Svid -LiteralPath Variable:PSHome -Bundle $args[0]", s_bundle)
            .ExpectError("ReadFailed", ErrorCategory.ReadError);
    }

    [Fact]
    public void Verbose_says_why()
    {
        SessionResult result = Session.Run("Test-SpiffeX509Svid $args[0] -Bundle @() -Verbose", s_root.Issue().Certificate);

        Assert.Equal([false], result.Expect<bool>());
        Assert.Contains(result.Verbose, line => line.Contains("Trust Domain and Bundle 3", StringComparison.Ordinal));
    }
}
