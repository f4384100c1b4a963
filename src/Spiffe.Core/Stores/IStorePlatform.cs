using System.Security.Cryptography.X509Certificates;

namespace Spiffe;

/// <summary>What the operating systems do differently with certificate stores.</summary>
internal interface IStorePlatform
{
    /// <summary>Refuses what this platform cannot do, before anything is done.</summary>
    /// <exception cref="SpiffeException">
    /// <see cref="SpiffeErrorReason.NotSupportedHere"/>, or <see cref="SpiffeErrorReason.AccountNotFound"/>.
    /// </exception>
    void Check(StorePlace place, InstallationOptions options);

    /// <summary>Keeps the module's other processes and threads away from a store until it is disposed of.</summary>
    IDisposable Lock(StorePlace place, CancellationToken cancellationToken);

    /// <summary>The record of a certificate in the store; null if this module did not install it.</summary>
    /// <exception cref="FormatException">There is one, and it cannot be used.</exception>
    InstallationRecord? ReadRecord(StorePlace place, X509Certificate2 stored);

    /// <summary>Replaces the record of a certificate in the store.</summary>
    void WriteRecord(StorePlace place, X509Certificate2 stored, InstallationRecord record);

    /// <summary>Adds a certificate with its key and its record; where that does not succeed, nothing of the three stays.</summary>
    void Add(
        StorePlace place,
        X509Store store,
        X509Certificate2 certificate,
        InstallationRecord record,
        InstallationOptions options);

    /// <summary>Removes a certificate with its key and its record.</summary>
    void Remove(StorePlace place, X509Store store, X509Certificate2 stored);

    /// <summary>Removes what a process that was killed left behind; the store is locked.</summary>
    void RemoveLeftovers(StorePlace place, IReadOnlyCollection<X509Certificate2> stored);
}
