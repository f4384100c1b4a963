using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;

namespace Spiffe.Tests.Stores;

public sealed class IntermediateStoreTests : StoreTest
{
    private IntermediateStore Intermediates => new(Place);

    [Fact]
    public void What_is_missing_is_installed_once()
    {
        X509Certificate2 intermediate = Issue(TimeSpan.FromHours(1));

        Intermediates.Install(Intermediates.FindMissing([intermediate]), Token);
        Intermediates.Install([intermediate], Token);

        Assert.Empty(Intermediates.FindMissing([intermediate]));
        Assert.Single(FindStored(intermediate));
    }

    [Fact]
    public void An_authority_is_not_among_them() => Assert.Empty(Intermediates.FindMissing([Authority.Certificate]));

    [Fact]
    public void Only_expired_ones_of_the_module_are_removable()
    {
        X509Certificate2 own = Issue(TimeSpan.FromHours(-1));
        X509Certificate2 good = Issue(TimeSpan.FromHours(1));
        X509Certificate2 foreign = Issue(TimeSpan.FromHours(-1));
        Intermediates.Install([own, good], Token);
        using (X509Store store = new("CA", StoreLocation.CurrentUser))
        {
            store.Open(OpenFlags.ReadWrite);
            store.Add(foreign);
        }

        Assert.Equal([own.Thumbprint], Intermediates.FindExpired());
        foreach (X509Certificate2 certificate in new[] { own, good, foreign })
        {
            Intermediates.Remove(certificate.Thumbprint, Token);
        }

        Assert.Empty(FindStored(own));
        Assert.Single(FindStored(good));
        Assert.Single(FindStored(foreign));
    }

    [Fact]
    public void They_are_no_SVIDs_of_their_store()
    {
        Intermediates.Install([Issue(TimeSpan.FromHours(1))], Token);

        Assert.Empty(new SvidStore(Place with { Name = "CA" }, Warnings.Add).Find());
    }

    private static X509Certificate2 Issue(TimeSpan timeLeft)
    {
        using ECDsa key = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        CertificateRequest request = new($"CN=Intermediate {Guid.NewGuid():N}", key, HashAlgorithmName.SHA256);
        DateTimeOffset end = DateTimeOffset.UtcNow + timeLeft;
        return request.Create(
            Authority.Certificate.SubjectName,
            X509SignatureGenerator.CreateForECDsa(Authority.Certificate.GetECDsaPrivateKey()!),
            end.AddHours(-2),
            end,
            RandomNumberGenerator.GetBytes(16));
    }

    private static X509Certificate2Collection FindStored(X509Certificate2 certificate)
    {
        using X509Store store = new("CA", StoreLocation.CurrentUser);
        store.Open(OpenFlags.ReadOnly);
        return store.Certificates.Find(X509FindType.FindByThumbprint, certificate.Thumbprint, validOnly: false);
    }
}
