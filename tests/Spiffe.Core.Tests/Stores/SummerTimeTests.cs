using System.Security.Cryptography.X509Certificates;
using Spiffe.Testing;

namespace Spiffe.Tests.Stores;

/// <summary>The night in which summer time ends: one hour of local time comes twice. The zone is the process's, and so this runs alone.</summary>
[Collection(nameof(ExpiryTests))]
public sealed class SummerTimeTests : StoreTest
{
    private static readonly TestAuthority s_authority = TestAuthority.Create();

    private readonly TimeZoneOfProcess? _zone;

    public SummerTimeTests()
    {
        _zone = TimeZoneOfProcess.TryEnter("Europe/Berlin");
        Assert.SkipUnless(_zone is not null, "the time zone is not known on this machine");
    }

    public override void Dispose()
    {
        _zone?.Dispose();
        base.Dispose();
    }

    [Theory]
    [InlineData("2027-10-31T00:15:00Z", "2027-10-31T00:45:00Z")]
    [InlineData("2027-10-31T00:45:00Z", "2027-10-31T01:15:00Z")]
    [InlineData("2027-10-31T01:15:00Z", "2027-10-31T01:45:00Z")]
    [InlineData("2028-03-26T00:45:00Z", "2028-03-26T01:15:00Z")]
    public void A_renewal_takes_the_place_of_what_it_renews(string from, string renewedFrom)
    {
        Install(Issue(from));
        X509Svid renewed = Issue(renewedFrom);

        Assert.Equal(InstallationOutcome.Installed, Install(renewed).Outcome);

        IReadOnlyList<InstalledSvid> installed = Store.Find();
        Assert.Equal([false, true], installed.Select(svid => svid.IsCurrent));
        Assert.Equal(renewed.Thumbprint, installed[1].Thumbprint);
        Assert.Equal(InstallationOutcome.Outdated, Install(Issue(from)).Outcome);
    }

    [Theory]
    [InlineData("2027-10-31T00:30:00Z")]
    [InlineData("2027-10-31T01:30:00Z")]
    public void The_instants_of_a_certificate_are_those_in_it(string from)
    {
        using X509Certificate2 certificate = Issue(from).Certificate;

        Assert.Equal(DateTimeOffset.Parse(from, System.Globalization.CultureInfo.InvariantCulture), certificate.ValidFrom);
        Assert.Equal(TimeSpan.FromHours(1), certificate.ValidUntil - certificate.ValidFrom);
    }

    private static X509Svid Issue(string from)
    {
        IssuedSvid issued = s_authority.Issue(new LeafOptions
        {
            NotBefore = DateTimeOffset.Parse(from, System.Globalization.CultureInfo.InvariantCulture),
        });
        return X509Svid.FromDer(
            SpiffeId.Parse(Id), "", isDefault: true, issued.Der, issued.Pkcs8Key, new SpiffeBundle(TrustDomain.Parse("example.org")), []);
    }
}
