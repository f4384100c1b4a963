using System.Management.Automation;
using System.Runtime.Versioning;
using System.Security.Cryptography.X509Certificates;
using Google.Protobuf;
using Spiffe.Protocol;
using Spiffe.Testing;
using Spiffe.Tests.Hosting;

namespace Spiffe.Tests.Stores;

[UnsupportedOSPlatform("windows")]
public sealed class InstallSpiffeX509SvidTests : StoreCommandTest
{
    private const string Install = "Get-SpiffeX509Svid -Endpoint $agent | Install-SpiffeX509Svid -StoreName $store ";

    [Fact]
    public void All_SVIDs_are_installed_and_given_with_PassThru()
    {
        Serve(Issue(id: Web, hint: "external"), Issue(id: Batch));

        IReadOnlyList<InstalledSvid> installed = Do(Install + "-PassThru").Expect<InstalledSvid>();

        Assert.Equal([Web, Batch], installed.Select(svid => svid.SpiffeId.ToString()));
        Assert.Equal(["external", ""], installed.Select(svid => svid.Hint));
        Assert.All(installed, svid => Assert.True(svid.Certificate.HasPrivateKey));
        Assert.Equal(2, CertificateFiles.Length);
    }

    [Fact]
    public void What_is_there_is_given_again_and_nothing_is_touched()
    {
        Serve(Issue());
        InstalledSvid first = Do(Install + "-PassThru").Expect<InstalledSvid>()[0];
        DateTime[] times = [.. Directory.GetFiles(Folder, "*").Select(File.GetLastWriteTimeUtc)];

        InstalledSvid second = Do(Install + "-PassThru").Expect<InstalledSvid>()[0];

        Assert.Equal(first.InstalledAt, second.InstalledAt);
        Assert.Equal(times, Directory.GetFiles(Folder, "*").Select(File.GetLastWriteTimeUtc));
    }

    [Fact]
    public void WhatIf_changes_nothing_and_runs_nothing()
    {
        Serve(Issue());

        Assert.Empty(Do(Install + "-Prune -PassThru -WhatIf -OnInstalled { throw 'it was run' }").Expect<object>());

        Assert.False(Directory.Exists(Folder));
    }

    [Fact]
    public void WhatIf_prunes_nothing()
    {
        Serve(Issue(age: 1));
        Do(Install);
        Serve(Issue());

        Assert.Empty(Do(Install + "-Prune -WhatIf").Errors);

        Assert.Single(CertificateFiles);
    }

    [Fact]
    public void Without_Prune_superseded_ones_stay()
    {
        Serve(Issue(age: 1));
        Do(Install);
        Serve(Issue());
        Do(Install);

        IReadOnlyList<InstalledSvid> installed = FindInstalled();

        Assert.Equal([false, true], installed.Select(svid => svid.IsCurrent));
        Assert.NotNull(installed[0].SupersededAt);
    }

    [Fact]
    public void Prune_leaves_others_certificates_and_those_of_other_identities()
    {
        X509SVID foreign = Issue(age: 2);
        AddForeign(foreign);
        Serve(Issue(age: 1), Issue(age: 1, id: Batch));
        Do(Install);
        X509SVID current = Issue();
        Serve(current);

        Assert.Empty(Do(Install + "-Prune").Errors);

        Assert.Equal([ThumbprintOf(current), Batch], [FindInstalled()[1].Thumbprint, FindInstalled()[0].SpiffeId.ToString()]);
        Assert.Contains(CertificateFiles, path => path.Contains(ThumbprintOf(foreign), StringComparison.Ordinal));
        Assert.Equal(3, CertificateFiles.Length);
    }

    [Fact]
    public void A_grace_period_keeps_what_was_just_superseded()
    {
        Serve(Issue(age: 1));
        Do(Install);
        Serve(Issue());

        Do(Install + "-Prune -GracePeriod 01:00:00");
        Assert.Equal(2, CertificateFiles.Length);
        Do(Install + "-Prune -GracePeriod 0");

        Assert.Single(CertificateFiles);
    }

    [Fact]
    public void A_certificate_of_another_program_stays_theirs()
    {
        X509SVID svid = Issue();
        AddForeign(svid);
        Serve(svid);

        SessionResult result = Do(Install + "-Prune -PassThru -OnInstalled { throw 'it was run' }");

        Assert.Empty(result.Expect<object>());
        Assert.Contains(ThumbprintOf(svid), Assert.Single(result.Warnings), StringComparison.Ordinal);
        Assert.Empty(FindInstalled());
    }

    [Fact]
    public void An_older_one_is_installed_only_with_Force()
    {
        X509SVID older = Issue(age: 1);
        Serve(Issue());
        Do(Install);
        Serve(older);

        SessionResult refused = Do(Install + "-Prune");
        Assert.Contains(ThumbprintOf(older), Assert.Single(refused.Warnings), StringComparison.Ordinal);
        Assert.Single(CertificateFiles);

        Assert.Empty(Do(Install + "-Prune -Force").Warnings);
        Assert.Equal(2, CertificateFiles.Length);
    }

    [Theory]
    [InlineData("-GracePeriod 300")]
    [InlineData("-StoreName root")]
    [InlineData("-StoreName 'a/b'")]
    [InlineData("-StoreLocation Elsewhere")]
    [InlineData("-OnInstalled $null")]
    public void Arguments_that_cannot_be_meant_are_refused(string argument)
    {
        Serve(Issue());

        SessionResult result = Do("Install-SpiffeX509Svid -Svid (Get-SpiffeX509Svid -Endpoint $agent) " + argument);

        Assert.IsAssignableFrom<ParameterBindingException>(Assert.Single(result.Errors).Exception);
    }

    [Fact]
    public void What_this_platform_cannot_do_ends_the_command()
    {
        Assert.SkipWhen(OperatingSystem.IsWindows(), "Windows can do it");
        Serve(Issue());

        Do(Install + "-KeyReadAccess www-data").ExpectError("NotSupportedHere", ErrorCategory.NotImplemented);
        Do(Install + "-StoreLocation LocalMachine").ExpectError("NotSupportedHere", ErrorCategory.NotImplemented);

        Assert.Empty(CertificateFiles);
    }

    [Fact]
    public void A_store_that_may_not_be_written_is_an_error_for_each_SVID()
    {
        Assert.SkipUnless(OperatingSystem.IsLinux(), "the store is a folder on Linux only");
        Serve(Issue());
        Do(Install);
        File.SetUnixFileMode(Folder, UnixFileMode.UserRead | UnixFileMode.UserExecute);
        Serve(Issue(), Issue(id: Batch));

        SessionResult result = Do(Install);
        File.SetUnixFileMode(Folder, UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute);

        Assert.Equal(2, result.Errors.Count);
        Assert.All(result.Errors, error =>
            Assert.StartsWith("StoreAccessDenied,", error.FullyQualifiedErrorId, StringComparison.Ordinal));
    }

    [Fact]
    public void Intermediates_go_where_TLS_libraries_look()
    {
        IssuedSvid issued = Authority.CreateIntermediate().Issue(Web);
        X509SVID svid = Issue();
        svid.X509Svid = ByteString.CopyFrom(issued.Der);
        svid.X509SvidKey = ByteString.CopyFrom(issued.Pkcs8Key);
        Serve(svid);

        Assert.Empty(Do(Install + "-IncludeChain -Prune").Errors);
        Assert.Empty(Do(Install + "-IncludeChain -Prune").Errors);

        using X509Store store = new(System.Security.Cryptography.X509Certificates.StoreName.CertificateAuthority, StoreLocation.CurrentUser);
        store.Open(OpenFlags.ReadOnly);
        Assert.Contains(issued.Intermediates[0], store.Certificates);
        Assert.Single(CertificateFiles);
    }
}
