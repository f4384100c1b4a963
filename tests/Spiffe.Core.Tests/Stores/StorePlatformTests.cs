using System.Security.Cryptography;

namespace Spiffe.Tests.Stores;

/// <summary>What the store does with a platform like Windows, which is not there to test on.</summary>
public sealed class StorePlatformTests : StoreTest
{
    private readonly PropertyPlatform _platform = new();

    private SvidStore Properties => new(Place, Warnings.Add, _platform);

    [Fact]
    public void Each_change_is_made_by_one_at_a_time_and_takes_the_key_along()
    {
        X509Svid older = Issue(TimeSpan.FromMinutes(1));
        Install(Properties, older);
        X509Svid current = Issue();
        InstalledSvid installed = Install(Properties, current).Svid!;

        Properties.NoteHandOver(installed, Token);
        foreach (InstalledSvid svid in Supersession.FindRemovable(
            Properties.Find(), current, installed.InstalledAt, TimeSpan.Zero))
        {
            Properties.Remove(svid, Token);
        }

        Assert.Equal([current.Thumbprint], _platform.Keys);
        Assert.True(Assert.Single(Properties.Find()).Record.IsHandedOver);
        Assert.False(_platform.IsLocked);
    }

    [Fact]
    public void Accounts_are_looked_for_before_anything_is_done()
    {
        SpiffeException exception = Assert.Throws<SpiffeException>(
            () => Install(Properties, Issue(), new InstallationOptions { KeyReaders = ["nobody"] }));

        Assert.Equal(SpiffeErrorReason.AccountNotFound, exception.Reason);
        Assert.Empty(_platform.Options);
    }

    [Fact]
    public void How_to_install_reaches_the_platform()
    {
        InstallationOptions options = new() { FriendlyName = "web", IsExportable = true, KeyReaders = ["S-1-5-20"] };

        Install(Properties, Issue(), options);

        Assert.Equal([options], _platform.Options);
    }

    [Fact]
    public void An_error_of_the_platform_leaves_the_store_free_and_has_its_reason()
    {
        // E_ACCESSDENIED, as Windows says it of LocalMachine to who is not elevated.
        _platform.Fault = new CryptographicException(unchecked((int)0x80070005));

        SpiffeException exception = Assert.Throws<SpiffeException>(() => Install(Properties, Issue()));

        Assert.Equal(SpiffeErrorReason.StoreAccessDenied, exception.Reason);
        Assert.False(_platform.IsLocked);
        _platform.Fault = null;
        Assert.Equal(InstallationOutcome.Installed, Install(Properties, Issue()).Outcome);
    }
}
