using Spiffe.Testing;
using Spiffe.Tests.Hosting;

namespace Spiffe.Tests.Commands;

/// <summary>Files that follow updates: written, left alone, and taken away.</summary>
public sealed class ExportWatchedBundlesTests : CommandTest
{
    private static readonly TestAuthority s_next = TestAuthority.Create();

    private readonly TemporaryFolder _folder = new();
    private readonly BundleHistory _history = new(_ => true, includeRetry: true);

    private string Own => Path.Combine(_folder.Path, "example.org.pem");

    private string Other => Path.Combine(_folder.Path, "other.org.pem");

    public override async ValueTask DisposeAsync()
    {
        await base.DisposeAsync();
        _folder.Dispose();
    }

    [Fact]
    [Trait("Clause", "F-3")]
    [Trait("Clause", "F-33")]
    public void Each_trust_domain_has_its_file_which_follows_its_bundle()
    {
        Assert.Empty(Export("", State(Authority, Foreign), State(s_next, Foreign)).Errors);

        Assert.Equal(s_next.Certificate.ExportCertificatePem() + "\n", File.ReadAllText(Own));
        Assert.Equal(Foreign.Certificate.ExportCertificatePem() + "\n", File.ReadAllText(Other));
    }

    [Fact]
    [Trait("Clause", "A-7")]
    [Trait("Clause", "A-21")]
    [Trait("Clause", "F-32")]
    public void The_file_of_a_withdrawn_bundle_is_deleted_and_other_files_stay()
    {
        string foreign = _folder.Write("third.org.pem", "written by hand");

        Assert.Empty(Export("", State(Authority, Foreign), State(Authority)).Errors);

        Assert.True(File.Exists(Own));
        Assert.False(File.Exists(Other));
        Assert.True(File.Exists(foreign));
    }

    [Theory]
    [InlineData("Pem", "other.org.pem")]
    [InlineData("BundleMap", "spiffe.bundlemap.json")]
    public void In_a_loop_the_file_is_deleted_too_unless_it_was_changed(string format, string name)
    {
        string path = Path.Combine(_folder.Path, name);
        BundleUpdate[] updates = [State(Foreign), Update([])];
        const string Loop = "$folder, $format, $updates = $args; $updates | ForEach-Object { $_ | Export-SpiffeBundle $folder $format }";

        Assert.Empty(Session.Run(Loop, [_folder.Path, format, .. updates]).Errors);
        Assert.False(File.Exists(path));

        File.WriteAllText(path, "mine");
        Assert.Empty(Session.Run(Loop, [_folder.Path, format, updates[1]]).Errors);
        Assert.True(File.Exists(path));
    }

    [Fact]
    public void It_can_be_marked_instead_and_comes_back_with_the_bundle()
    {
        Assert.Empty(Export("-MarkWithdrawn", State(Authority, Foreign), State(Authority)).Errors);
        Assert.False(File.Exists(Other));
        Assert.True(File.Exists(Other + ".withdrawn"));

        Assert.Empty(Export("-MarkWithdrawn", State(Authority, Foreign)).Errors);
        Assert.True(File.Exists(Other));
        Assert.False(File.Exists(Other + ".withdrawn"));
    }

    [Fact]
    [Trait("Clause", "B-10")]
    public void A_bundle_without_authorities_takes_its_file_away()
    {
        SpiffeBundle empty = new(TrustDomain.Parse("other.org"));

        SessionResult result = Export("", State(Authority, Foreign), Update([Bundle(Authority), empty]));

        Assert.Empty(result.Errors);
        Assert.Single(result.Warnings);
        Assert.False(File.Exists(Other));
    }

    [Fact]
    [Trait("Clause", "F-6")]
    public void A_file_that_was_changed_by_hand_stays_until_the_next_update()
    {
        BundleUpdate first = State(Authority);
        BundleUpdate second = State(s_next);
        SessionResult result = Session.Run(
            "$first, $second, $file, $folder = $args; & { $first; [IO.File]::WriteAllText($file, 'mine'); " +
            "[IO.File]::Copy($file, \"$file.seen\"); $second } | Export-SpiffeBundle -Path $folder",
            first, second, Own, _folder.Path);

        Assert.Empty(result.Errors);
        Assert.Equal("mine", File.ReadAllText(Own + ".seen"));
        Assert.Equal(s_next.Certificate.ExportCertificatePem() + "\n", File.ReadAllText(Own));
    }

    [Fact]
    public void What_did_not_change_is_not_written_again_and_a_retry_changes_nothing()
    {
        Assert.Empty(Export("", State(Authority, Foreign)).Errors);
        DateTime before = File.GetLastWriteTimeUtc(Other);
        BundleUpdate retrying = _history.Apply(WatchEvent<IReadOnlyList<SpiffeBundle>>.Retrying(
            new SpiffeException(SpiffeErrorReason.AgentUnavailable, "gone"), TimeSpan.FromSeconds(1)))!;

        Assert.Empty(Export("", State(s_next, Foreign), retrying).Errors);

        Assert.Equal(before, File.GetLastWriteTimeUtc(Other));
        Assert.True(File.Exists(Own));
    }

    [Fact]
    [Trait("Clause", "F-7")]
    public void Several_bundles_are_not_written_to_one_file_and_the_watch_continues()
    {
        string file = Path.Combine(_folder.Path, "bundle.pem");

        SessionResult result = Session.Run(
            "$args[0..1] | Export-SpiffeBundle -Path $args[2]", State(Authority, Foreign), State(Authority), file);

        result.ExpectError("TooManyForTarget", System.Management.Automation.ErrorCategory.InvalidArgument);
        Assert.Equal(Authority.Certificate.ExportCertificatePem() + "\n", File.ReadAllText(file));
    }

    [Fact]
    public void A_bundle_map_has_every_bundle_and_is_deleted_with_the_last_one()
    {
        string map = Path.Combine(_folder.Path, "spiffe.bundlemap.json");
        Assert.Empty(Export("-Format BundleMap", State(Authority, Foreign), State(Authority)).Errors);
        Assert.Equal(["example.org"], SpiffeBundle.FromBundleMap(File.ReadAllBytes(map)).Select(bundle => bundle.TrustDomain.Name));

        Assert.Empty(Export("-Format BundleMap", State(s_next), Update([])).Errors);
        Assert.False(File.Exists(map));
    }

    [Fact]
    public void A_watch_of_the_Workload_API_keeps_the_files()
    {
        Server.X509Bundles = ScriptedWorkloadApi.Always(Messages.X509Bundles(Authority, Foreign));
        Server.JwtBundles = ScriptedWorkloadApi.Always(Messages.JwtBundles("example.org", JwtKey));

        Assert.Equal(2, Run(
            "Watch-SpiffeBundle -Endpoint $args[0] -Count 1 | Export-SpiffeBundle -Path $args[1] -Format Spiffe -PassThru",
            _folder.Path).Expect<FileInfo>().Count);

        SpiffeBundle bundle = SpiffeBundle.FromSpiffeJson(
            TrustDomain.Parse("example.org"), File.ReadAllBytes(Path.Combine(_folder.Path, "example.org.spiffe.json")));
        Assert.Equal("1 X.509, 1 JWT", bundle.Authorities);
    }

    private static SpiffeBundle Bundle(TestAuthority authority) =>
        SpiffeBundle.FromX509Der(TrustDomain.Parse(authority.TrustDomain), authority.BundleDer);

    private BundleUpdate State(params TestAuthority[] authorities) => Update([.. authorities.Select(Bundle)]);

    private BundleUpdate Update(SpiffeBundle[] bundles) =>
        _history.Apply(WatchEvent<IReadOnlyList<SpiffeBundle>>.Changed(bundles))!;

    private SessionResult Export(string parameters, params BundleUpdate[] updates) => Session.Run(
        "$folder, $updates = $args; $updates | Export-SpiffeBundle -Path $folder " + parameters, [_folder.Path, .. updates]);
}
