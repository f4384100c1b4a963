using System.Security.Cryptography.X509Certificates;

namespace Spiffe;

/// <summary>The X509-SVIDs that this module installed in one certificate store. Other certificates are not touched.</summary>
internal sealed class SvidStore
{
    private readonly StorePlace _place;
    private readonly IStorePlatform _platform;
    private readonly Action<string> _warn;

    /// <summary>Opens nothing yet.</summary>
    /// <param name="place">Which store.</param>
    /// <param name="warn">Receives a warning for each record that cannot be used; its certificate counts as foreign.</param>
    /// <param name="platform">Another platform than this one, for tests.</param>
    public SvidStore(StorePlace place, Action<string> warn, IStorePlatform? platform = null)
    {
        _place = place;
        _warn = warn;
        _platform = platform ?? StorePlatform.Current;
    }

    /// <summary>Refuses what this platform cannot do, before anything is done.</summary>
    /// <exception cref="SpiffeException">
    /// <see cref="SpiffeErrorReason.NotSupportedHere"/> or <see cref="SpiffeErrorReason.AccountNotFound"/>.
    /// </exception>
    public void Check(InstallationOptions options) => _platform.Check(_place, options);

    /// <summary>The module's own, in the order in which they were issued.</summary>
    /// <exception cref="SpiffeException"><see cref="SpiffeErrorReason.StoreAccessDenied"/> and what else a store may say.</exception>
    public IReadOnlyList<InstalledSvid> Find() => StoreFault.Guard(_place, FindOwn);

    /// <summary>Puts an SVID with its key into the store, unless it is there already or has been superseded there.</summary>
    /// <param name="svid">The SVID.</param>
    /// <param name="options">How.</param>
    /// <param name="isCompanion">Which thumbprints are of SVIDs in use beside this one, and do not supersede it.</param>
    /// <param name="cancellationToken">Ends the wait for another process that is at work in the store.</param>
    /// <exception cref="SpiffeException">
    /// <see cref="SpiffeErrorReason.StoreAccessDenied"/>, <see cref="SpiffeErrorReason.NotSupportedHere"/>,
    /// <see cref="SpiffeErrorReason.WriteFailed"/> or <see cref="SpiffeErrorReason.Timeout"/>; the store is as it was then.
    /// </exception>
    public Installation Install(
        X509Svid svid, InstallationOptions options, Func<string, bool> isCompanion, CancellationToken cancellationToken)
    {
        Check(options);
        svid.RequirePrivateKey();
        return StoreFault.Guard(_place, () =>
        {
            using OpenStore store = OpenStore.Take(_place, _platform, cancellationToken);
            _platform.RemoveLeftovers(_place, store.Certificates);
            return Put(store, svid, options, isCompanion);
        });
    }

    /// <summary>Records that the service which uses the certificate was notified.</summary>
    /// <exception cref="SpiffeException"><see cref="SpiffeErrorReason.StoreAccessDenied"/> and what else a store may say.</exception>
    public void NoteHandOver(InstalledSvid svid, CancellationToken cancellationToken) => StoreFault.Guard(_place, () =>
    {
        using OpenStore store = OpenStore.Take(_place, _platform, cancellationToken);
        if (store.FindSame(svid.Certificate) is { } stored && TryReadRecord(stored) is { IsHandedOver: false } record)
        {
            record.IsHandedOver = true;
            _platform.WriteRecord(_place, stored, record);
        }

        return true;
    });

    /// <summary>Removes a certificate of the module's own with its key and its record.</summary>
    /// <returns>Whether it was there.</returns>
    /// <exception cref="SpiffeException"><see cref="SpiffeErrorReason.StoreAccessDenied"/> and what else a store may say.</exception>
    public bool Remove(InstalledSvid svid, CancellationToken cancellationToken) => StoreFault.Guard(_place, () =>
    {
        using OpenStore store = OpenStore.Take(_place, _platform, cancellationToken);
        if (store.FindSame(svid.Certificate) is not { } stored || TryReadRecord(stored) is null)
        {
            return false;
        }

        _platform.Remove(_place, store.Store, stored);
        return true;
    });

    private Installation Put(OpenStore store, X509Svid svid, InstallationOptions options, Func<string, bool> isCompanion)
    {
        InstallationRecord record = InstallationRecord.Create(svid.Certificate, svid.Hint, isIntermediate: false);
        if (store.FindSame(svid.Certificate) is { } stored)
        {
            if (IsForeign(stored, record))
            {
                return new Installation(InstallationOutcome.Foreign, Svid: null);
            }

            return new Installation(InstallationOutcome.Present, FindOne(record));
        }

        if (FindNewer(svid, isCompanion) is { } newer)
        {
            return new Installation(InstallationOutcome.Outdated, newer);
        }

        _platform.Add(_place, store.Store, svid.Certificate, record, options);
        return new Installation(InstallationOutcome.Installed, FindOne(record));
    }

    /// <summary>A record that cannot be used is nevertheless one of this very certificate, and is replaced.</summary>
    private bool IsForeign(X509Certificate2 stored, InstallationRecord replacement)
    {
        try
        {
            return _platform.ReadRecord(_place, stored) is null;
        }
        catch (FormatException)
        {
            _platform.WriteRecord(_place, stored, replacement);
            return false;
        }
    }

    private InstalledSvid? FindNewer(X509Svid svid, Func<string, bool> isCompanion) => FindOwn().FirstOrDefault(own =>
        own.SpiffeId == svid.SpiffeId &&
        own.Hint == svid.Hint &&
        !isCompanion(own.Thumbprint) &&
        !Supersession.IsExpired(own) &&
        Supersession.IsNewer(own.Certificate, svid.Certificate));

    private InstalledSvid FindOne(InstallationRecord record) =>
        FindOwn().FirstOrDefault(own => own.Record.Sha256 == record.Sha256) ?? throw new SpiffeException(
            SpiffeErrorReason.WriteFailed, $"The certificate store '{_place}' does not have the certificate that was put into it.");

    private List<InstalledSvid> FindOwn()
    {
        using OpenStore? store = OpenStore.Find(_place);
        List<InstalledSvid> own = [];
        foreach (X509Certificate2 certificate in store?.Certificates ?? [])
        {
            if (TryReadRecord(certificate) is { IsIntermediate: false } record)
            {
                own.Add(new InstalledSvid(_place, certificate, X509Svid.ReadSpiffeId(certificate), record));
                store!.Keep(certificate);
            }
        }

        Supersession.Mark(own);
        own.Sort((one, other) => Supersession.Compare(one.Certificate, one.Record.InstalledAt, other));
        return own;
    }

    private InstallationRecord? TryReadRecord(X509Certificate2 stored)
    {
        try
        {
            return _platform.ReadRecord(_place, stored);
        }
        catch (FormatException exception)
        {
            _warn(
                $"The certificate {stored.Thumbprint} in '{_place}' counts as foreign: its record cannot be used. {exception.Message}");
            return null;
        }
    }
}
