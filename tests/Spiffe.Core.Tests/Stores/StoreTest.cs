using System.Security.Cryptography.X509Certificates;
using Spiffe.Testing;

namespace Spiffe.Tests.Stores;

/// <summary>A certificate store of one test's own.</summary>
public abstract class StoreTest : IDisposable
{
    private protected const string Id = "spiffe://example.org/web";

    private protected static readonly TestAuthority Authority = TestAuthority.Create();

    private protected static CancellationToken Token => TestContext.Current.CancellationToken;

    private protected List<string> Warnings { get; } = [];

    private protected StorePlace Place { get; } = new(StoreLocation.CurrentUser, "spiffe-test-" + Guid.NewGuid().ToString("N"));

    private protected string Folder => Path.Combine(PrivateHome.StoresFolder, Place.Name);

    private protected SvidStore Store => new(Place, Warnings.Add);

    private protected string[] CertificateFiles => Find("*.pfx");

    private protected string[] RecordFiles => Find("*.spiffe.json");

    public virtual void Dispose()
    {
        if (Directory.Exists(Folder))
        {
            Directory.Delete(Folder, recursive: true);
        }

        GC.SuppressFinalize(this);
    }

    /// <param name="age">How long ago it was issued.</param>
    /// <param name="id">Its SPIFFE ID.</param>
    /// <param name="hint">Its hint.</param>
    private protected static X509Svid Issue(TimeSpan age = default, string id = Id, string hint = "")
    {
        IssuedSvid issued = Authority.Issue(new LeafOptions { Uris = [id], Lifetime = TimeSpan.FromHours(1) - age });
        return X509Svid.FromDer(
            SpiffeId.Parse(id),
            hint,
            isDefault: true,
            issued.Der,
            issued.Pkcs8Key,
            SpiffeBundle.FromX509Der(TrustDomain.Parse("example.org"), Authority.BundleDer),
            []);
    }

    private protected Installation Install(X509Svid svid) => Install(Store, svid);

    private protected static Installation Install(SvidStore store, X509Svid svid, InstallationOptions? options = null) =>
        store.Install(svid, options ?? new InstallationOptions(), isCompanion: _ => false, Token);

    /// <summary>What a program does that does not know this module.</summary>
    private protected void AddForeign(X509Certificate2 certificate)
    {
        using X509Store store = new(Place.Name, Place.Location);
        store.Open(OpenFlags.ReadWrite);
        store.Add(certificate);
    }

    private string[] Find(string pattern) =>
        Directory.Exists(Folder) ? Directory.GetFiles(Folder, pattern, new EnumerationOptions { AttributesToSkip = FileAttributes.None }) : [];
}
