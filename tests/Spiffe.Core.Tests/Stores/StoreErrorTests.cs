using System.Runtime.Versioning;
using System.Security.Cryptography.X509Certificates;
using Spiffe.Testing;

namespace Spiffe.Tests.Stores;

[UnsupportedOSPlatform("windows")]
public sealed class StoreErrorTests : StoreTest
{
    public override void Dispose()
    {
        if (Directory.Exists(Folder))
        {
            File.SetUnixFileMode(Folder, UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute);
        }

        base.Dispose();
        GC.SuppressFinalize(this);
    }

    [Fact]
    public void The_stores_of_the_machine_are_not_for_Linux()
    {
        Assert.SkipUnless(OperatingSystem.IsLinux(), "Windows and macOS differ");

        SpiffeException exception = Assert.Throws<SpiffeException>(
            () => Install(new SvidStore(Place with { Location = StoreLocation.LocalMachine }, Warnings.Add), Issue()));

        Assert.Equal(SpiffeErrorReason.NotSupportedHere, exception.Reason);
    }

    [Theory]
    [InlineData("web", null)]
    [InlineData(null, "www-data")]
    public void What_only_Windows_can_do_is_refused_before_anything_is_done(string? friendlyName, string? reader)
    {
        Assert.SkipWhen(OperatingSystem.IsWindows(), "Windows can do it");
        InstallationOptions options = new() { FriendlyName = friendlyName, KeyReaders = reader is null ? [] : [reader] };

        SpiffeException exception = Assert.Throws<SpiffeException>(() => Install(Store, Issue(), options));

        Assert.Equal(SpiffeErrorReason.NotSupportedHere, exception.Reason);
        Assert.Empty(CertificateFiles);
    }

    [Fact]
    public void A_store_that_may_not_be_written_is_as_it_was()
    {
        Assert.SkipUnless(OperatingSystem.IsLinux(), "the store is a folder on Linux only");
        Install(Issue());

        // The record cannot be written; for root it can, but .NET itself looks at the mode of the folder then.
        File.SetUnixFileMode(Folder, UnixFileMode.UserRead | UnixFileMode.UserExecute);

        Assert.Equal(SpiffeErrorReason.StoreAccessDenied, Assert.Throws<SpiffeException>(() => Install(Issue())).Reason);
        Assert.Single(CertificateFiles);
        Assert.Single(RecordFiles);
        Assert.Single(Store.Find());
    }

    [Fact]
    public async Task A_store_whose_folder_is_another_accounts_says_which_folder_and_whose()
    {
        Assert.SkipUnless(OperatingSystem.IsLinux() && ThisAccount.Name == "root", "needs root, to give a folder away");
        Install(Issue());
        Assert.Equal(0, (await ProcessRun.StartAsync("chown", ["31001", Folder], Token)).ExitCode);

        SpiffeException exception = Assert.Throws<SpiffeException>(() => Install(Issue()));

        Assert.Equal(SpiffeErrorReason.StoreAccessDenied, exception.Reason);
        Assert.Contains($"'{Folder}' belongs to 31001, and this process runs as root", exception.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void A_record_that_may_not_be_written_is_a_store_that_may_not_be()
    {
        SpiffeException denied = new(
            SpiffeErrorReason.WriteFailed, "The file 'a' was not written: denied", new UnauthorizedAccessException("denied"));

        SpiffeException exception = Assert.Throws<SpiffeException>(() => StoreFault.Guard<bool>(Place, () => throw denied));

        Assert.Equal(SpiffeErrorReason.StoreAccessDenied, exception.Reason);
        Assert.Equal($"The certificate store '{Place}': {denied.Message}", exception.Message);
    }

    [Fact]
    public void A_full_disk_is_not_reported_as_denied_access()
    {
        SpiffeException full = new(SpiffeErrorReason.WriteFailed, "The file 'a' was not written: full", new IOException("full"));

        Assert.Same(full, Assert.Throws<SpiffeException>(() => StoreFault.Guard<bool>(Place, () => throw full)));
    }

    [Fact]
    public void No_error_has_the_key_in_it()
    {
        Assert.SkipUnless(OperatingSystem.IsLinux(), "the store is a folder on Linux only");
        X509Svid svid = Issue();
        Install(Issue());
        File.SetUnixFileMode(Folder, UnixFileMode.UserRead | UnixFileMode.UserExecute);

        string text = Assert.Throws<SpiffeException>(() => Install(svid)).ToString();

        Assert.DoesNotContain("PRIVATE", text, StringComparison.OrdinalIgnoreCase);
        Assert.DoesNotContain(
            Convert.ToBase64String(svid.Certificate.GetECDsaPrivateKey()!.ExportPkcs8PrivateKey())[60..90], text, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("a/b")]
    [InlineData(@"a\b")]
    [InlineData("..")]
    [InlineData("a\0")]
    [InlineData("root")]
    [InlineData("CA")]
    public void A_store_that_is_not_for_SVIDs_is_refused(string name) => Assert.NotNull(StorePlace.FindFault(name));

    [Theory]
    [InlineData("My")]
    [InlineData("WebHosting")]
    [InlineData("my store.1")]
    public void Names_of_other_stores_are_taken(string name) => Assert.Null(StorePlace.FindFault(name));

    [Fact]
    public void Who_waits_for_another_process_can_be_stopped()
    {
        Assert.SkipWhen(OperatingSystem.IsWindows(), "a mutex belongs to a thread there");
        using IDisposable turn = StorePlatform.Current.Lock(Place, Token);
        using CancellationTokenSource source = new(TimeSpan.FromMilliseconds(100));

        Assert.Throws<OperationCanceledException>(
            () => Store.Install(Issue(), new InstallationOptions(), isCompanion: _ => false, source.Token));
    }
}
