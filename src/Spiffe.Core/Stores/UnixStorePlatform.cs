using System.Runtime.Versioning;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;

namespace Spiffe;

/// <summary>Linux and macOS: the stores of the current user.</summary>
/// <remarks>
/// On Linux, .NET keeps a store as a folder with one file for certificate and key. The records lie beside them, hidden, so
/// that they are copied along when a store is copied, moved or restored. On macOS, stores are keychains; the records lie in a folder
/// of their own there.
/// </remarks>
[UnsupportedOSPlatform("windows")]
internal sealed class UnixStorePlatform : IStorePlatform
{
    private const string RecordSuffix = ".spiffe.json";

    // .NET determines its folder once and keeps it, even if $HOME changes.
    private static readonly Lazy<string> s_root = new(FindRoot);

    public static string FolderOf(StorePlace place) => Path.Combine(s_root.Value, place.Name.ToLowerInvariant());

    /// <summary>
    /// Which folder on the way to a store of this account is another account's, and whose; null where none is. .NET opens a
    /// store only if its folder belongs to the account that asks.
    /// </summary>
    public static string? FindForeignFolder(StorePlace place)
    {
        if (place.Location != StoreLocation.CurrentUser)
        {
            return null;
        }

        string? foreign = null;
        uint user = UnixFile.CurrentUser;
        for (string folder = FolderOf(place); folder.Length >= s_root.Value.Length; folder = Path.GetDirectoryName(folder)!)
        {
            foreign = UnixFile.FindOwner(folder)?.User is { } owner && owner != user
                ? $"its folder '{folder}' belongs to {UnixAccount.NameOf(owner)}, and this process runs as {UnixAccount.NameOf(user)}."
                : foreign;
        }

        return foreign;
    }

    public void Check(StorePlace place, InstallationOptions options)
    {
        if (place.Location == StoreLocation.LocalMachine)
        {
            throw NotSupported($"'{place}' is a store of the machine, which cannot be changed here. Use a store of the current user.");
        }

        if (options.FriendlyName is not null)
        {
            throw NotSupported("Certificates have friendly names on Windows only.");
        }

        if (options.KeyReaders.Count > 0)
        {
            throw NotSupported(
                "Private keys of a store have access lists on Windows only; here they belong to the account that installs them.");
        }
    }

    public IDisposable Lock(StorePlace place, CancellationToken cancellationToken) =>
        StoreFolderLock.Take(FolderOf(place), cancellationToken);

    public InstallationRecord? ReadRecord(StorePlace place, X509Certificate2 stored)
    {
        try
        {
            return InstallationRecord.Parse(BoundedFile.Read(RecordPath(place, stored)), stored);
        }
        catch (SpiffeException exception) when (exception.Reason == SpiffeErrorReason.FileNotFound)
        {
            return null;
        }
        catch (SpiffeException exception)
        {
            throw new FormatException(exception.Message, exception);
        }
        catch (FormatException exception)
        {
            throw new FormatException($"'{RecordPath(place, stored)}': {exception.Message}", exception);
        }
    }

    public void WriteRecord(StorePlace place, X509Certificate2 stored, InstallationRecord record) => AtomicFile.Write(
        RecordPath(place, stored), record.ToJson(), AtomicFile.PrivateMode, ExistingFiles.ReplaceAny);

    public void Add(
        StorePlace place,
        X509Store store,
        X509Certificate2 certificate,
        InstallationRecord record,
        InstallationOptions options)
    {
        // The record first: a certificate without one would never be cleaned up.
        WriteRecord(place, certificate, record);
        try
        {
            store.Add(certificate);
        }
        catch
        {
            File.Delete(RecordPath(place, certificate));
            throw;
        }
    }

    public void Remove(StorePlace place, X509Store store, X509Certificate2 stored)
    {
        // The key is in the certificate's file.
        store.Remove(stored);
        File.Delete(RecordPath(place, stored));
    }

    public void RemoveLeftovers(StorePlace place, IReadOnlyCollection<X509Certificate2> stored)
    {
        HashSet<string> present = [.. stored.Select(certificate => RecordPath(place, certificate))];
        foreach (string path in Directory.GetFiles(FolderOf(place), $".*{RecordSuffix}").Where(path => !present.Contains(path)))
        {
            if (TryReadThumbprint(path) is { } thumbprint)
            {
                RemoveBroken(place, thumbprint);
                File.Delete(path);
            }
        }

        LeftoverFiles.Remove(FolderOf(place));
    }

    private static string RecordPath(StorePlace place, X509Certificate2 certificate) =>
        Path.Combine(FolderOf(place), $".{InstallationRecord.HashOf(certificate)}{RecordSuffix}");

    /// <summary>The thumbprint in a record of a certificate that is not in the store; null where the record cannot be read.</summary>
    private static string? TryReadThumbprint(string path)
    {
        try
        {
            return InstallationRecord.Parse(BoundedFile.Read(path)).Thumbprint is { Length: > 0 } thumbprint &&
                thumbprint.All(char.IsAsciiHexDigit) ? thumbprint : null;
        }
        catch (Exception exception) when (exception is FormatException or SpiffeException)
        {
            // It cannot be told what it belongs to; it does no harm.
            return null;
        }
    }

    /// <summary>Deletes what .NET cannot read as a certificate: it was being written when the process ended.</summary>
    private static void RemoveBroken(StorePlace place, string thumbprint)
    {
        foreach (string path in Directory.GetFiles(FolderOf(place), $"{thumbprint}*.pfx"))
        {
            try
            {
                X509CertificateLoader.LoadPkcs12FromFile(path, password: null).Dispose();
            }
            catch (CryptographicException)
            {
                File.Delete(path);
            }
        }
    }

    private static string FindRoot() => OperatingSystem.IsMacOS()
        ? Path.Combine(
            Environment.GetFolderPath(Environment.SpecialFolder.LocalApplicationData, Environment.SpecialFolderOption.DoNotVerify),
            "Spiffe",
            "x509stores")
        : Path.Combine(
            Environment.GetFolderPath(Environment.SpecialFolder.UserProfile, Environment.SpecialFolderOption.DoNotVerify),
            ".dotnet",
            "corefx",
            "cryptography",
            "x509stores");

    private static SpiffeException NotSupported(string message) => new(SpiffeErrorReason.NotSupportedHere, message);
}
