using System.Management.Automation;
using System.Security.Cryptography.X509Certificates;
using Spiffe.Testing;
using Spiffe.Tests.Hosting;

namespace Spiffe.Tests.Commands;

public sealed class FederatedBundleTests : IAsyncLifetime
{
    private const string EndpointId = "spiffe://served.test/bundle-endpoint";

    private static readonly TestAuthority s_authority = TestAuthority.Create("served.test");

    private readonly ModuleSession _session = new();
    private readonly TemporaryFolder _folder = new();
    private readonly ScriptedBundleEndpoint _server = ScriptedBundleEndpoint.Start(s_authority.Issue(EndpointId));

    private static SpiffeBundle Known => new(TrustDomain.Parse("served.test"), [s_authority.Certificate]);

    public ValueTask InitializeAsync()
    {
        _server.Answer = ScriptedBundleEndpoint.Serve(new SpiffeDocument(s_authority) { SequenceNumber = 3, RefreshHint = 60 });
        return ValueTask.CompletedTask;
    }

    public async ValueTask DisposeAsync()
    {
        _session.Dispose();
        await _server.DisposeAsync();
        _folder.Dispose();
    }

    [Fact]
    public void A_bundle_is_fetched()
    {
        SpiffeBundle bundle = Run("Get-SpiffeFederatedBundle @t").Expect<SpiffeBundle>()[0];

        Assert.Equal(("served.test", "1 X.509, 0 JWT", 3UL), (bundle.TrustDomain.Name, bundle.Authorities, bundle.SequenceNumber));
    }

    [Theory]
    [InlineData("Get-SpiffeFederatedBundle")]
    [InlineData("Watch-SpiffeFederatedBundle")]
    [InlineData("Test-SpiffeBundleEndpoint")]
    [Trait("Clause", "F-10")]
    public void Url_trust_domain_and_profile_must_be_given(string name)
    {
        IReadOnlyList<string> mandatory = _session
            .Run("(Get-Command $args[0]).Parameters.Values | Where-Object { $_.Attributes.Mandatory } | ForEach-Object Name", name)
            .Expect<string>();

        Assert.Equal(["Profile", "TrustDomain", "Uri"], mandatory.Order());
    }

    [Theory]
    [InlineData("$t.Remove('EndpointSpiffeId')")]
    [InlineData("$t.Remove('Bundle')")]
    [InlineData("$t.BundlePath = './bundle.pem'")]
    [InlineData("$t.CaCertificate = $authority")]
    [InlineData("$t.Profile = 'HttpsWeb'")]
    [Trait("Clause", "F-23")]
    public void What_does_not_fit_the_profile_is_refused(string change)
    {
        Run(change + "; Get-SpiffeFederatedBundle @t").ExpectError("ProfileMismatch", ErrorCategory.InvalidArgument);
        Assert.Empty(_server.Requests);
    }

    [Fact]
    [Trait("Clause", "F-12")]
    public void A_url_of_http_is_refused() => Run("$t.Uri = 'http://localhost/'; Get-SpiffeFederatedBundle @t")
        .ExpectError("BundleEndpointInvalid", ErrorCategory.InvalidArgument);

    [Fact]
    [Trait("Clause", "F-21")]
    public void Redirects_can_be_switched_off()
    {
        _server.Answer = ScriptedBundleEndpoint.Redirect("/elsewhere");

        Run("Get-SpiffeFederatedBundle @t -MaximumRedirection 0").ExpectError("BundleEndpointFailed", ErrorCategory.ConnectionError);
        Assert.Single(_server.Requests);
    }

    [Theory]
    [InlineData("pem")]
    [InlineData("spiffe.json")]
    [Trait("Clause", "F-24")]
    public void The_bundle_to_verify_with_may_be_in_a_file(string extension)
    {
        string path = _folder.Write("bundle." + extension, extension == "pem" ? Known.ToPem() : Known.ToSpiffeJson());

        Assert.Single(Run("$t.Remove('Bundle'); Get-SpiffeFederatedBundle @t -BundlePath $more", path).Expect<SpiffeBundle>());
    }

    [Fact]
    public void A_bundle_without_authorities_comes_with_a_warning()
    {
        _server.Answer = ScriptedBundleEndpoint.Send("200 OK", """{"keys":[]}""");

        SessionResult result = Run("Get-SpiffeFederatedBundle @t");

        Assert.Single(result.Warnings);
        Assert.Equal("0 X.509, 0 JWT", result.Expect<SpiffeBundle>()[0].Authorities);
    }

    [Fact]
    [Trait("Clause", "F-1")]
    [Trait("Clause", "F-31")]
    public async Task A_watch_gives_the_first_bundle_each_failure_and_each_change_and_ends_with_its_pipeline()
    {
        using PowerShell shell = Create("Watch-SpiffeFederatedBundle @t -IntervalSec 1 -IncludeRetry");
        using PSDataCollection<PSObject> output = [];
        IAsyncResult running = shell.BeginInvoke<PSObject, PSObject>(input: null, output);
        await Eventually.TrueAsync(() => output.Count == 1, TestContext.Current.CancellationToken);
        _server.Answer = ScriptedBundleEndpoint.Send("503 Service Unavailable", "");
        await Eventually.TrueAsync(() => output.Count == 2, TestContext.Current.CancellationToken);
        _server.Answer = ScriptedBundleEndpoint.Serve(
            new SpiffeDocument(s_authority, TestAuthority.Create("served.test")) { SequenceNumber = 4 });
        await Eventually.TrueAsync(() => output.Any(IsChange), TestContext.Current.CancellationToken);

        shell.Stop();

        Assert.True(running.IsCompleted);
        BundleUpdate[] updates = [.. output.Select(item => (BundleUpdate)item.BaseObject)];
        Assert.Equal([BundleUpdateKind.Initial, BundleUpdateKind.Retrying], updates.Take(2).Select(update => update.Kind));
        Assert.Equal(SpiffeErrorReason.BundleEndpointFailed, updates[1].Reason);
        Assert.Single(updates[1].Bundles);

        static bool IsChange(PSObject item) => ((BundleUpdate)item.BaseObject).Kind == BundleUpdateKind.Updated;
    }

    [Theory]
    [InlineData("$t.Uri = 'ftp://localhost/'", "URL")]
    [InlineData("$t.Uri = 'https://nowhere.invalid/'", "Name")]
    [InlineData("$t.Uri = 'https://localhost:1/'", "Connect")]
    [InlineData("$t.EndpointSpiffeId = 'spiffe://served.test/other'", "Identity")]
    [InlineData("$t.Bundle = $other", "Identity")]
    [InlineData("$t.Remove('Bundle'); $t.BundlePath = '/nowhere/bundle.pem'", "Identity")]
    [InlineData("$t.Remove('Bundle'); $t.Remove('EndpointSpiffeId'); $t.Profile = 'HttpsWeb'", "Identity")]
    public void A_test_says_at_which_step_the_way_ends(string change, string step)
    {
        SessionResult detailed = Run(change + "; Test-SpiffeBundleEndpoint @t -Detailed");
        SessionResult plain = Run(change + "; Test-SpiffeBundleEndpoint @t");

        PSObject failed = Assert.Single(detailed.Output, row => row.Properties["Outcome"].Value.ToString() == "Failed");
        Assert.Equal(step, failed.Properties["Step"].Value);
        Assert.NotEmpty((string)failed.Properties["Advice"].Value);
        Assert.False(Assert.Single(plain.Expect<bool>()));
    }

    [Theory]
    [InlineData("500 Internal Server Error", "{}", "Status")]
    [InlineData("200 OK", "<html>", "Content")]
    [InlineData("200 OK", """{"keys":[]}""", "Keys")]
    public void A_test_looks_into_the_answer(string status, string body, string step)
    {
        _server.Answer = ScriptedBundleEndpoint.Send(status, body);

        PSObject failed = Assert.Single(
            Run("Test-SpiffeBundleEndpoint @t -Detailed").Output, row => row.Properties["Outcome"].Value.ToString() == "Failed");

        Assert.Equal(step, failed.Properties["Step"].Value);
        Assert.False(Assert.Single(Run("Test-SpiffeBundleEndpoint @t").Expect<bool>()));
    }

    [Fact]
    public void A_test_passes_every_step_if_nothing_is_wrong()
    {
        Assert.True(Assert.Single(Run("Test-SpiffeBundleEndpoint @t").Expect<bool>()));
        IReadOnlyList<PSObject> steps = Run("Test-SpiffeBundleEndpoint @t -Detailed").Output;

        Assert.All(steps, step => Assert.Equal("Passed", step.Properties["Outcome"].Value.ToString()));
        Assert.Equal(
            ["URL", "Name", "Connect", "TLS", "Identity", "Status", "Content", "TrustDomain", "Keys", "Sequence", "RefreshHint"],
            steps.Select(step => (string)step.Properties["Step"].Value));
    }

    [Fact]
    public void A_server_of_the_web_is_verified_with_the_authority_that_is_given()
    {
        TestAuthority web = TestAuthority.Create("web.invalid");
        _server.Certificate = web.Issue(new LeafOptions { Uris = [], DnsNames = ["localhost"] });
        X509Certificate2 authority = web.Certificate;

        Assert.True(Assert.Single(_session.Run(
            "Test-SpiffeBundleEndpoint $args[0] served.test HttpsWeb -CaCertificate $args[1]", _server.Url, authority).Expect<bool>()));
        Assert.False(Assert.Single(_session.Run(
            "Test-SpiffeBundleEndpoint $args[0] served.test HttpsWeb", _server.Url).Expect<bool>()));
    }

    /// <summary>Runs a script in which <c>@t</c> are the parameters of an endpoint that serves its own bundle.</summary>
    private SessionResult Run(string script, params object[] more) => _session.Run(Prepare(script), [.. Arguments, .. more]);

    private PowerShell Create(string script) => _session.Create(Prepare(script), Arguments);

    private object[] Arguments => [_server.Url, Known, s_authority.Certificate, new SpiffeBundle(TrustDomain.Parse("other.test"))];

    private static string Prepare(string script) =>
        "$uri, $known, $authority, $other, $more = $args; " +
        "$t = @{ Uri = $uri; TrustDomain = 'served.test'; Profile = 'HttpsSpiffe'; EndpointSpiffeId = '" + EndpointId + "'; Bundle = $known }; " +
        script;
}
