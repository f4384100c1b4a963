namespace Spiffe.Commands;

/// <summary>Keeps the intermediates of installed SVIDs in the store for such, and asks before each change.</summary>
internal sealed class ChainInstallation
{
    private readonly IntermediateStore _store;
    private readonly Func<string, string, bool> _shouldProcess;
    private readonly CancellationToken _cancellationToken;

    public ChainInstallation(StorePlace svids, Func<string, string, bool> shouldProcess, CancellationToken cancellationToken)
    {
        _store = new IntermediateStore(svids);
        _shouldProcess = shouldProcess;
        _cancellationToken = cancellationToken;
    }

    public void Add(X509Svid svid)
    {
        if (_store.FindMissing(svid.Chain) is { Count: > 0 } missing &&
            _shouldProcess(_store.Name, $"Install {missing.Count} intermediate(s) of {svid}"))
        {
            _store.Install(missing, _cancellationToken);
        }
    }

    public void Prune()
    {
        foreach (string thumbprint in _store.FindExpired())
        {
            if (_shouldProcess(_store.Name, $"Remove the expired intermediate {thumbprint}"))
            {
                _store.Remove(thumbprint, _cancellationToken);
            }
        }
    }
}
