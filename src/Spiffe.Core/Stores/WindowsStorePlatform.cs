using System.Runtime.Versioning;
using System.Security.Cryptography.X509Certificates;
using System.Security.Principal;

namespace Spiffe;

/// <summary>Windows: the stores of the user and of the machine, with persisted keys.</summary>
/// <remarks>
/// Written from the documentation, and not tried yet. The record is a property of the certificate, which Windows keeps in
/// the store and copies with the certificate; so an account that may not change the store cannot forge one.
/// </remarks>
[SupportedOSPlatform("windows")]
internal sealed class WindowsStorePlatform : IStorePlatform
{
    public void Check(StorePlace place, InstallationOptions options) => WindowsKeyAccess.Resolve(options.KeyReaders);

    public IDisposable Lock(StorePlace place, CancellationToken cancellationToken)
    {
        using WindowsIdentity user = WindowsIdentity.GetCurrent();
        string owner = place.Location == StoreLocation.LocalMachine ? "machine" : user.User!.Value;
        return WindowsStoreLock.Take($@"Global\Spiffe store {owner} {place.Name.ToLowerInvariant()}", cancellationToken);
    }

    public InstallationRecord? ReadRecord(StorePlace place, X509Certificate2 stored) =>
        WindowsCertificateProperty.Read(stored) is { } content ? InstallationRecord.Parse(content, stored) : null;

    public void WriteRecord(StorePlace place, X509Certificate2 stored, InstallationRecord record) =>
        WindowsCertificateProperty.Write(stored, record.ToJson());

    public void Add(
        StorePlace place,
        X509Store store,
        X509Certificate2 certificate,
        InstallationRecord record,
        InstallationOptions options)
    {
        string keyName = KeyNameOf(place, certificate);
        using X509Certificate2 copy = certificate.HasPrivateKey
            ? WindowsKey.Persist(certificate, keyName, place.Location == StoreLocation.LocalMachine, options)
            : X509CertificateLoader.LoadCertificate(certificate.RawData);
        try
        {
            WindowsCertificateProperty.Write(copy, record.ToJson());
            if (options.FriendlyName is not null)
            {
                copy.FriendlyName = options.FriendlyName;
            }

            store.Add(copy);
        }
        catch
        {
            WindowsKey.Delete(copy, keyName);
            throw;
        }
    }

    public void Remove(StorePlace place, X509Store store, X509Certificate2 stored)
    {
        // The key first: without its certificate, it could not be found again.
        WindowsKey.Delete(stored, KeyNameOf(place, stored));
        store.Remove(stored);
    }

    public void RemoveLeftovers(StorePlace place, IReadOnlyCollection<X509Certificate2> stored)
    {
        // A certificate and its record come into the store together. A key whose certificate never came is overwritten when
        // the same SVID is installed again, and otherwise stays: Windows lists the keys of an account only with effort.
    }

    /// <summary>The store's name is in it: a copy of the certificate in another store refers to the same key, and must not take it along.</summary>
    private static string KeyNameOf(StorePlace place, X509Certificate2 certificate) =>
        $"Spiffe {place.Name.ToLowerInvariant()} {InstallationRecord.HashOf(certificate)}";
}
