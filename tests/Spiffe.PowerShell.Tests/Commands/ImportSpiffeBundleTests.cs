using System.Management.Automation;
using Spiffe.Testing;
using Spiffe.Tests.Hosting;

namespace Spiffe.Tests.Commands;

public sealed class ImportSpiffeBundleTests : IDisposable
{
    private static readonly TestSigner s_root = TestSigner.CreateRoot();
    private static readonly SpiffeBundle s_bundle = new(
        TrustDomain.Parse("example.org"), [s_root.Certificate], sequenceNumber: ulong.MaxValue, refreshHint: TimeSpan.FromMinutes(5));
    private static readonly SpiffeBundle s_other = new(TrustDomain.Parse("other.org"), [TestSigner.CreateRoot().Certificate]);

    private readonly ModuleSession _session = new();
    private readonly TemporaryFolder _folder = new();

    public void Dispose()
    {
        _session.Dispose();
        _folder.Dispose();
    }

    [Theory]
    [InlineData("Import-SpiffeBundle -Path $args[0] -TrustDomain example.org")]
    [InlineData("Test-SpiffeX509Svid -Path $args[0] -Bundle ([Spiffe.SpiffeBundle]::new('example.org'))")]
    public async Task A_pipe_without_a_writer_does_not_keep_the_command_from_being_stopped(string script)
    {
        Assert.SkipUnless(File.Exists("/usr/bin/mkfifo"), "there is no mkfifo");
        string pipe = Path.Combine(_folder.Path, "pipe");
        CancellationToken token = TestContext.Current.CancellationToken;
        Assert.Equal(0, (await ProcessRun.StartAsync("mkfifo", [pipe], token)).ExitCode);
        using PowerShell shell = _session.Create(script, pipe);
        IAsyncResult run = shell.BeginInvoke();
        Assert.False(run.AsyncWaitHandle.WaitOne(TimeSpan.FromMilliseconds(500)));

        await shell.StopAsync(null, null).WaitAsync(TimeSpan.FromSeconds(30), token);

        Assert.Equal(PSInvocationState.Stopped, shell.InvocationStateInfo.State);
    }

    [Theory]
    [InlineData(BundleFormat.Pem)]
    [InlineData(BundleFormat.Der)]
    [InlineData(BundleFormat.Spiffe)]
    [Trait("Clause", "B-1")]
    public void What_was_exported_is_imported_for_the_trust_domain_that_is_named(BundleFormat format)
    {
        SessionResult result = _session.Run(
            "$args[0] | Export-SpiffeBundle -Path $args[1] -Format $args[2]; Import-SpiffeBundle $args[1] -TrustDomain example.org",
            s_bundle, Path.Combine(_folder.Path, "bundle"), format);

        SpiffeBundle read = result.Expect<SpiffeBundle>().Single();
        Assert.Equal(s_bundle.X509Authorities, read.X509Authorities);
        Assert.Equal(format == BundleFormat.Spiffe, read.Equals(s_bundle));
    }

    [Theory]
    [InlineData("-Path")]
    [InlineData("-LiteralPath")]
    public void Each_path_of_a_list_is_reported_by_itself_whatever_is_wrong_with_it(string parameter)
    {
        string file = Path.Combine(_folder.Path, "b.pem");
        SessionResult result = _session.Run(
            $"$args[0] | Export-SpiffeBundle -Path $args[1]; Import-SpiffeBundle {parameter} 'nodrive:/a.pem', 'NoProvider::/a.pem', " +
            "'env:PATH', \"a`0b\", \"$($args[1]).none\", $args[2], $args[1] -TrustDomain example.org",
            s_bundle, file, _folder.Path);

        Assert.Single(result.Output);
        Assert.Equal(
            ["ReadFailed", "ReadFailed", "ReadFailed", "ReadFailed", "FileNotFound", "ReadFailed"],
            result.Errors.Select(error => error.FullyQualifiedErrorId.Split(',')[0]));
        Assert.Equal(["nodrive:/a.pem", "NoProvider::/a.pem", "env:PATH", "a\0b", file + ".none", _folder.Path], result.Errors.Select(error => error.TargetObject));
    }

    [Fact]
    public void A_pattern_that_is_none_is_reported_and_the_next_path_is_read()
    {
        SessionResult result = _session.Run(
            "$args[0] | Export-SpiffeBundle -Path $args[1]; Import-SpiffeBundle '[a', $args[1] -TrustDomain example.org",
            s_bundle, Path.Combine(_folder.Path, "b.pem"));

        Assert.Single(result.Output);
        Assert.Single(result.Errors);
    }

    [Fact]
    public void An_unknown_drive_to_write_to_is_an_error_of_this_module() => _session
        .Run("$args[0] | Export-SpiffeBundle -Path nodrive:/a.pem", s_bundle).ExpectError("WriteFailed", ErrorCategory.WriteError);

    [Fact]
    [Trait("Clause", "B-16")]
    [Trait("Clause", "B-23")]
    public void A_bundle_map_takes_all_bundles_and_gives_all_or_the_one_that_is_named()
    {
        SessionResult result = _session.Run(
            "$args[0] | Export-SpiffeBundle -Path $args[1] -Format BundleMap; Import-SpiffeBundle $args[1]; " +
            "Import-SpiffeBundle $args[1] -TrustDomain other.org",
            new[] { s_bundle, s_other }, Path.Combine(_folder.Path, "map.json"));

        Assert.Equal(["example.org", "other.org", "other.org"], result.Expect<SpiffeBundle>().Select(bundle => bundle.TrustDomain.Name));
    }

    [Fact]
    public void A_bundle_map_has_a_name_of_its_own_in_a_folder_and_needs_an_authority()
    {
        SessionResult result = _session.Run("$args[0] | Export-SpiffeBundle -Path $args[1] -Format BundleMap", new[] { s_bundle, s_other }, _folder.Path);

        Assert.Empty(result.Errors);
        Assert.True(File.Exists(Path.Combine(_folder.Path, "spiffe.bundlemap.json")));
        _session.Run("$args[0] | Export-SpiffeBundle -Path $args[1] -Format BundleMap", new[] { s_bundle, s_bundle }, _folder.Path)
            .ExpectError("BundleInvalid", ErrorCategory.InvalidData);
        _session.Run("$args[0] | Export-SpiffeBundle -Path $args[1] -Format BundleMap", new SpiffeBundle(s_bundle.TrustDomain), _folder.Path)
            .ExpectError("BundleInvalid", ErrorCategory.InvalidData);
    }

    [Fact]
    [Trait("Clause", "B-1")]
    [Trait("Clause", "F-33")]
    public void A_format_without_a_trust_domain_requires_one()
    {
        string path = _folder.Write("a.pem", s_bundle.ToPem());

        _session.Run("Import-SpiffeBundle $args[0]", path).ExpectError("TrustDomainInvalid", ErrorCategory.InvalidArgument);
    }

    [Theory]
    [InlineData("hello", "BundleInvalid", ErrorCategory.InvalidData)]
    [InlineData("", "BundleInvalid", ErrorCategory.InvalidData)]
    [InlineData("{", "BundleInvalid", ErrorCategory.InvalidData)]
    [InlineData("""{ "keys": [ { "kty": "EC", "use": "x509-svid", "x5c": ["AA"] } ] }""", "BundleInvalid", ErrorCategory.InvalidData)]
    [InlineData("""{ "trust_domains": { "other.org": { "keys": [] } } }""", "BundleNotFound", ErrorCategory.ObjectNotFound)]
    [Trait("Clause", "B-8")]
    public void A_file_that_is_not_a_bundle_is_an_error_and_the_next_one_is_read(string content, string id, ErrorCategory category)
    {
        SessionResult result = _session.Run(
            "Import-SpiffeBundle $args[0], $args[1] -TrustDomain example.org",
            _folder.Write("bad", content), _folder.Write("good", s_bundle.ToSpiffeJson()));

        result.ExpectError(id, category);
        Assert.Equal(s_bundle, Assert.Single(result.Output).BaseObject);
    }

    [Fact]
    public void A_given_format_takes_precedence_over_the_content()
    {
        string path = _folder.Write("a", s_bundle.ToPem());

        _session.Run("Import-SpiffeBundle $args[0] example.org -Format Spiffe", path).ExpectError("BundleInvalid", ErrorCategory.InvalidData);
        Assert.Single(_session.Run("Import-SpiffeBundle $args[0] example.org -Format Pem", path).Expect<SpiffeBundle>());
    }

    [Fact]
    [Trait("Clause", "X-27")]
    public void A_leaf_in_a_bundle_gives_a_warning()
    {
        string path = _folder.Write("a.pem", s_root.Issue().Certificate.ExportCertificatePem());

        Assert.Contains("not a CA", Assert.Single(_session.Run("Import-SpiffeBundle $args[0] example.org", path).Warnings), StringComparison.Ordinal);
    }

    [Fact]
    public void Files_bind_from_the_pipeline_and_wildcards_are_expanded()
    {
        string path = _folder.Write("a.pem", s_bundle.ToPem());
        _folder.Write("b.pem", s_bundle.ToPem());

        Assert.Single(_session.Run("[pscustomobject]@{ PSPath = $args[0] } | Import-SpiffeBundle -TrustDomain example.org", path).Expect<SpiffeBundle>());
        Assert.Equal(2, _session.Run("Import-SpiffeBundle ($args[0] + '/*.pem') example.org", _folder.Path).Expect<SpiffeBundle>().Count);
        _session.Run("Import-SpiffeBundle ($args[0] + '/none') example.org", _folder.Path).ExpectError("FileNotFound", ErrorCategory.ObjectNotFound);
    }
}
