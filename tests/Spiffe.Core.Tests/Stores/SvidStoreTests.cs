using System.Runtime.Versioning;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;

namespace Spiffe.Tests.Stores;

[UnsupportedOSPlatform("windows")]
public sealed class SvidStoreTests : StoreTest
{
    [Fact]
    public void An_SVID_is_installed_with_its_key()
    {
        X509Svid svid = Issue(hint: "external");

        InstalledSvid installed = Install(svid).Svid!;

        Assert.Equal(svid.SpiffeId, installed.SpiffeId);
        Assert.Equal("external", installed.Hint);
        Assert.Equal(Place.ToString(), installed.Store);
        Assert.True(installed.IsCurrent);
        byte[] data = [1];
        byte[] signature = installed.Certificate.GetECDsaPrivateKey()!.SignData(data, HashAlgorithmName.SHA256);
        Assert.True(svid.Certificate.GetECDsaPublicKey()!.VerifyData(data, signature, HashAlgorithmName.SHA256));
    }

    [Fact]
    public void Only_the_owner_may_read_what_is_in_the_store()
    {
        Assert.SkipUnless(OperatingSystem.IsLinux(), "the store is a folder on Linux only");

        Install(Issue());

        Assert.All(
            [.. CertificateFiles, .. RecordFiles],
            path => Assert.Equal(UnixFileMode.UserRead | UnixFileMode.UserWrite, File.GetUnixFileMode(path)));
    }

    [Fact]
    public void The_same_certificate_is_not_installed_twice()
    {
        X509Svid svid = Issue();
        Install(svid);

        Installation second = Install(svid);

        Assert.Equal(InstallationOutcome.Present, second.Outcome);
        Assert.Equal(svid.Thumbprint, Assert.Single(Store.Find()).Thumbprint);
    }

    [Fact]
    public void Certificates_of_others_are_not_found_and_not_removed()
    {
        X509Svid foreign = Issue();
        AddForeign(foreign.Certificate);
        InstalledSvid own = Install(Issue()).Svid!;

        Assert.Equal(own.Thumbprint, Assert.Single(Store.Find()).Thumbprint);
        InstalledSvid disguised = new(Place, foreign.Certificate, foreign.SpiffeId, own.Record);
        Assert.False(Store.Remove(disguised, Token));

        Assert.Equal(2, CertificateFiles.Length);
    }

    [Fact]
    public void The_same_certificate_installed_by_another_program_stays_theirs()
    {
        X509Svid svid = Issue();
        AddForeign(svid.Certificate);

        Assert.Equal(InstallationOutcome.Foreign, Install(svid).Outcome);

        Assert.Empty(Store.Find());
        Assert.Empty(RecordFiles);
    }

    [Fact]
    public void The_record_of_one_certificate_says_nothing_of_another()
    {
        X509Svid foreign = Issue();
        AddForeign(foreign.Certificate);
        Install(Issue());
        string disguised = Path.Combine(Folder, $".{InstallationRecord.HashOf(foreign.Certificate)}.spiffe.json");
        File.Copy(RecordFiles[0], disguised);

        Assert.Single(Store.Find());
        Assert.Single(Warnings);
    }

    [Fact]
    public void A_copy_of_the_store_is_recognised()
    {
        Install(Issue());
        StorePlace copy = Place with { Name = Place.Name + "-copy" };
        Directory.CreateDirectory(Folder + "-copy");
        foreach (string path in CertificateFiles.Concat(RecordFiles))
        {
            File.Copy(path, Path.Combine(Folder + "-copy", Path.GetFileName(path)));
        }

        InstalledSvid found = Assert.Single(new SvidStore(copy, Warnings.Add).Find());

        Assert.Equal(copy.ToString(), found.Store);
        Directory.Delete(Folder + "-copy", recursive: true);
    }

    [Fact]
    public void A_certificate_is_removed_with_its_key_and_its_record()
    {
        InstalledSvid installed = Install(Issue()).Svid!;

        Assert.True(Store.Remove(installed, Token));
        Assert.False(Store.Remove(installed, Token));

        Assert.Empty(CertificateFiles);
        Assert.Empty(RecordFiles);
    }

    [Fact]
    public void A_store_that_does_not_exist_has_nothing_and_is_not_made()
    {
        Assert.Empty(Store.Find());
        Assert.False(Directory.Exists(Folder));
    }

    [Theory]
    [InlineData("")]
    [InlineData("{")]
    [InlineData("{}")]
    [InlineData("null")]
    [InlineData("""{"sha256":null,"thumbprint":"00","hint":null}""")]
    public void A_record_that_cannot_be_used_loses_nothing_and_is_mended_by_installing_again(string content)
    {
        X509Svid svid = Issue();
        Install(svid);
        File.WriteAllText(Assert.Single(RecordFiles), content);

        Assert.Empty(Store.Find());
        Assert.Contains(svid.Thumbprint, Assert.Single(Warnings), StringComparison.Ordinal);
        Install(Issue());
        Assert.Equal(2, CertificateFiles.Length);

        Assert.Equal(InstallationOutcome.Present, Install(svid).Outcome);
        Assert.Equal(2, Store.Find().Count);
    }

    [Fact]
    public void What_a_killed_process_left_is_cleared_away_by_the_next()
    {
        InstalledSvid killed = Install(Issue()).Svid!;
        File.WriteAllBytes(Assert.Single(CertificateFiles), File.ReadAllBytes(CertificateFiles[0])[..100]);
        Assert.Empty(Store.Find());

        InstalledSvid next = Install(Issue()).Svid!;

        Assert.NotEqual(killed.Thumbprint, next.Thumbprint);
        Assert.Equal(next.Thumbprint + ".pfx", Path.GetFileName(Assert.Single(CertificateFiles)));
        Assert.Single(RecordFiles);
    }

    [Fact]
    public void Records_that_a_killed_process_was_writing_are_cleared_away_and_others_files_stay()
    {
        Install(Issue());
        string[] halfWritten = [Path.Combine(Folder, ".spiffe-0123456789abcdef.tmp"), Path.Combine(Folder, ".spiffe-fedcba9876543210.tmp")];
        string other = Path.Combine(Folder, ".somebody-elses-x.tmp");
        Assert.All([.. halfWritten, other], path => File.WriteAllText(path, "{"));

        Install(Issue());

        Assert.All(halfWritten, path => Assert.False(File.Exists(path)));
        Assert.True(File.Exists(other));
    }

    [Fact]
    public void A_hand_over_is_remembered()
    {
        InstalledSvid installed = Install(Issue()).Svid!;
        Assert.False(installed.Record.IsHandedOver);

        Store.NoteHandOver(installed, Token);

        Assert.True(Assert.Single(Store.Find()).Record.IsHandedOver);
    }
}
