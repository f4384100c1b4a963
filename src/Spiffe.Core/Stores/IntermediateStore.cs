using System.Security.Cryptography.X509Certificates;

namespace Spiffe;

/// <summary>The intermediates that go with installed SVIDs, in the store where TLS libraries look for such.</summary>
internal sealed class IntermediateStore
{
    private readonly StorePlace _place;
    private readonly IStorePlatform _platform;

    /// <summary>Opens nothing yet.</summary>
    /// <param name="svids">The store of the SVIDs.</param>
    /// <param name="platform">Another platform than this one, for tests.</param>
    public IntermediateStore(StorePlace svids, IStorePlatform? platform = null)
    {
        _place = svids.Intermediates;
        _platform = platform ?? StorePlatform.Current;
    }

    /// <summary>Location and name.</summary>
    public string Name => _place.ToString();

    /// <summary>Those of a chain that are not there. A self-signed one is an authority and never among them.</summary>
    /// <exception cref="SpiffeException"><see cref="SpiffeErrorReason.StoreAccessDenied"/> and what else a store may say.</exception>
    public IReadOnlyList<X509Certificate2> FindMissing(IReadOnlyList<X509Certificate2> chain)
    {
        X509Certificate2[] intermediates =
            [.. chain.Where(certificate => !certificate.SubjectName.RawData.SequenceEqual(certificate.IssuerName.RawData))];
        return intermediates.Length == 0 ? intermediates : StoreFault.Guard<IReadOnlyList<X509Certificate2>>(_place, () =>
        {
            using OpenStore? store = OpenStore.Find(_place);
            return [.. intermediates.Where(certificate => store?.FindSame(certificate) is null)];
        });
    }

    /// <summary>Adds what <see cref="FindMissing"/> returned, unless another process has done so since.</summary>
    /// <exception cref="SpiffeException"><see cref="SpiffeErrorReason.StoreAccessDenied"/> and what else a store may say.</exception>
    public void Install(IReadOnlyList<X509Certificate2> intermediates, CancellationToken cancellationToken) =>
        StoreFault.Guard(_place, () =>
        {
            using OpenStore store = OpenStore.Take(_place, _platform, cancellationToken);
            _platform.RemoveLeftovers(_place, store.Certificates);
            foreach (X509Certificate2 certificate in intermediates.Where(certificate => store.FindSame(certificate) is null))
            {
                _platform.Add(
                    _place,
                    store.Store,
                    certificate,
                    InstallationRecord.Create(certificate, hint: string.Empty, isIntermediate: true),
                    new InstallationOptions());
            }

            return true;
        });

    /// <summary>The module's own that have expired: no SVID that is still good can need them.</summary>
    /// <exception cref="SpiffeException"><see cref="SpiffeErrorReason.StoreAccessDenied"/> and what else a store may say.</exception>
    public IReadOnlyList<string> FindExpired() => StoreFault.Guard<IReadOnlyList<string>>(_place, () =>
    {
        using OpenStore? store = OpenStore.Find(_place);
        return [.. (store?.Certificates ?? []).Where(IsRemovable).Select(certificate => certificate.Thumbprint)];
    });

    /// <summary>Removes one of <see cref="FindExpired"/>.</summary>
    /// <exception cref="SpiffeException"><see cref="SpiffeErrorReason.StoreAccessDenied"/> and what else a store may say.</exception>
    public void Remove(string thumbprint, CancellationToken cancellationToken) => StoreFault.Guard(_place, () =>
    {
        using OpenStore store = OpenStore.Take(_place, _platform, cancellationToken);
        foreach (X509Certificate2 stored in store.Certificates.Where(stored => stored.Thumbprint == thumbprint && IsRemovable(stored)))
        {
            _platform.Remove(_place, store.Store, stored);
        }

        return true;
    });

    private bool IsRemovable(X509Certificate2 stored)
    {
        try
        {
            return stored.ValidUntil < DateTimeOffset.UtcNow && _platform.ReadRecord(_place, stored) is { IsIntermediate: true };
        }
        catch (FormatException)
        {
            // Its owner is unknown.
            return false;
        }
    }
}
