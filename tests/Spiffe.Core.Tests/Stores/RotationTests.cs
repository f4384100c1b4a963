using System.Globalization;

namespace Spiffe.Tests.Stores;

/// <summary>One SVID after the other in one store.</summary>
public sealed class RotationTests : StoreTest
{
    private static readonly TimeSpan s_minute = TimeSpan.FromMinutes(1);

    private static int Rotations =>
        int.Parse(Environment.GetEnvironmentVariable("SPIFFE_ROTATION_COUNT") ?? "100", CultureInfo.InvariantCulture);

    [Fact]
    public void Rotations_that_are_pruned_leave_one_certificate_and_one_key()
    {
        X509Svid foreign = Issue();
        AddForeign(foreign.Certificate);
        X509Svid last = foreign;

        for (int rotation = 0; rotation < Rotations; rotation++)
        {
            last = Issue();
            InstalledSvid current = Install(last).Svid!;
            Prune(last, current.InstalledAt);
        }

        Assert.Equal(
            new[] { foreign.Thumbprint + ".pfx", last.Thumbprint + ".pfx" }.Order(), CertificateFiles.Select(Path.GetFileName).Order());
        Assert.Single(RecordFiles);
    }

    [Fact]
    public void Only_older_ones_of_the_same_identity_and_hint_are_removable()
    {
        InstalledSvid older = Install(Issue(s_minute)).Svid!;
        Install(Issue(s_minute, hint: "internal"));
        Install(Issue(s_minute, id: "spiffe://example.org/batch"));
        X509Svid current = Issue();
        InstalledSvid installed = Install(current).Svid!;

        InstalledSvid removable = Assert.Single(
            Supersession.FindRemovable(Store.Find(), current, installed.InstalledAt, TimeSpan.Zero));

        Assert.Equal(older.Thumbprint, removable.Thumbprint);
        Assert.Equal([true, true, true], Store.Find().Where(svid => svid.Thumbprint != older.Thumbprint).Select(svid => svid.IsCurrent));
    }

    [Fact]
    public void A_grace_period_starts_when_the_next_one_is_installed()
    {
        Install(Issue(s_minute));
        X509Svid current = Issue();
        InstalledSvid installed = Install(current).Svid!;

        Assert.Empty(Supersession.FindRemovable(Store.Find(), current, installed.InstalledAt, TimeSpan.FromMinutes(5)));
        Assert.Single(Supersession.FindRemovable(Store.Find(), current, installed.InstalledAt, TimeSpan.FromTicks(1)));
        Assert.Equal(installed.InstalledAt, Store.Find()[0].SupersededAt);
    }

    [Fact]
    public void An_expired_one_is_removable_whatever_its_hint_and_the_grace_period()
    {
        InstalledSvid expired = Install(Issue(TimeSpan.FromHours(1) + TimeSpan.FromSeconds(30), hint: "old name")).Svid!;
        X509Svid current = Issue();
        InstalledSvid installed = Install(current).Svid!;

        InstalledSvid removable = Assert.Single(
            Supersession.FindRemovable(Store.Find(), current, installed.InstalledAt, TimeSpan.FromDays(1)));

        Assert.Equal(expired.Thumbprint, removable.Thumbprint);
    }

    [Fact]
    public void A_process_that_lags_behind_does_not_bring_back_what_is_superseded()
    {
        X509Svid current = Issue();
        Install(current);

        Installation late = Install(Issue(s_minute));

        Assert.Equal(InstallationOutcome.Outdated, late.Outcome);
        Assert.Equal(current.Thumbprint, late.Svid!.Thumbprint);
        Assert.Single(CertificateFiles);
    }

    [Fact]
    public void Two_SVIDs_of_one_identity_that_are_both_in_use_are_both_installed()
    {
        X509Svid current = Issue();
        Install(current);

        Installation other = Store.Install(
            Issue(s_minute), new InstallationOptions(), thumbprint => thumbprint == current.Thumbprint, Token);

        Assert.Equal(InstallationOutcome.Installed, other.Outcome);
        Assert.Equal(2, CertificateFiles.Length);
    }

    [Fact]
    public async Task Many_at_once_install_and_prune_without_harm()
    {
        X509Svid[] svids = [.. Enumerable.Range(0, 12).Select(number => Issue(s_minute * (12 - number)))];

        await Task.WhenAll(Enumerable.Range(0, 4).Select(_ => Task.Run(
            () =>
            {
                foreach (X509Svid svid in svids)
                {
                    if (Install(svid) is { Outcome: not InstallationOutcome.Outdated, Svid: { } current })
                    {
                        Prune(svid, current.InstalledAt);
                    }
                }
            },
            Token)));

        Assert.Equal(svids[^1].Thumbprint, Assert.Single(Store.Find()).Thumbprint);
        Assert.Single(CertificateFiles);
        Assert.Single(RecordFiles);
        Assert.Empty(Warnings);
    }

    private void Prune(X509Svid current, DateTime installedAt)
    {
        foreach (InstalledSvid svid in Supersession.FindRemovable(Store.Find(), current, installedAt, TimeSpan.Zero))
        {
            Store.Remove(svid, Token);
        }
    }
}
