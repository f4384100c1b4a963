using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;

namespace Spiffe;

/// <summary>A store, open, and what was in it then.</summary>
internal sealed class OpenStore : IDisposable
{
    private const int MaxReads = 10;

    private readonly IDisposable? _turn;
    private readonly HashSet<X509Certificate2> _kept = [];

    private OpenStore(X509Store store, IDisposable? turn)
    {
        Store = store;
        _turn = turn;
        Certificates = ReadCertificates(store);
    }

    public IReadOnlyList<X509Certificate2> Certificates { get; }

    public X509Store Store { get; }

    /// <summary>For reading; null where there is no such store.</summary>
    public static OpenStore? Find(StorePlace place)
    {
        X509Store store = new(place.Name, place.Location);
        try
        {
            store.Open(OpenFlags.ReadOnly | OpenFlags.OpenExistingOnly);
            return new OpenStore(store, turn: null);
        }
        catch (CryptographicException exception) when (exception.InnerException is null && !StoreFault.IsAccessDenied(exception))
        {
            store.Dispose();
            return null;
        }
        catch
        {
            store.Dispose();
            throw;
        }
    }

    /// <summary>For writing, exclusive among processes of this module until it is disposed.</summary>
    public static OpenStore Take(StorePlace place, IStorePlatform platform, CancellationToken cancellationToken)
    {
        IDisposable turn = platform.Lock(place, cancellationToken);
        X509Store store = new(place.Name, place.Location);
        try
        {
            store.Open(OpenFlags.ReadWrite);
            return new OpenStore(store, turn);
        }
        catch
        {
            store.Dispose();
            turn.Dispose();
            throw;
        }
    }

    /// <summary>Leaves a certificate to the caller.</summary>
    public void Keep(X509Certificate2 certificate) => _kept.Add(certificate);

    public X509Certificate2? FindSame(X509Certificate2 certificate) => Certificates.FirstOrDefault(stored =>
        stored.RawDataMemory.Span.SequenceEqual(certificate.RawDataMemory.Span));

    public void Dispose()
    {
        foreach (X509Certificate2 certificate in Certificates.Where(certificate => !_kept.Contains(certificate)))
        {
            certificate.Dispose();
        }

        Store.Dispose();
        _turn?.Dispose();
    }

    private static IReadOnlyList<X509Certificate2> ReadCertificates(X509Store store)
    {
        for (int read = 1; ; read++)
        {
            try
            {
                return [.. store.Certificates];
            }
            catch (Exception exception) when (
                read < MaxReads && exception is (FileNotFoundException or DirectoryNotFoundException))
            {
                // On Linux, a certificate that was removed between the listing of the folder and its reading.
            }
        }
    }
}
