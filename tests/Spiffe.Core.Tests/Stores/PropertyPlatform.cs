using System.Security.Cryptography.X509Certificates;

namespace Spiffe.Tests.Stores;

/// <summary>Stores as Windows has them: records are properties of certificates, and keys lie elsewhere, by name.</summary>
internal sealed class PropertyPlatform : IStorePlatform
{
    private readonly IStorePlatform _real = StorePlatform.Current;
    private readonly Dictionary<string, byte[]> _properties = [];
    private bool _isLocked;

    /// <summary>The names of the keys that the system keeps.</summary>
    public List<string> Keys { get; } = [];

    public List<InstallationOptions> Options { get; } = [];

    /// <summary>What goes wrong once a key is there and its certificate is not.</summary>
    public Exception? Fault { get; set; }

    public bool IsLocked => _isLocked;

    public void Check(StorePlace place, InstallationOptions options)
    {
        Assert.False(_isLocked);
        if (options.KeyReaders.Contains("nobody"))
        {
            throw new SpiffeException(SpiffeErrorReason.AccountNotFound, "There is no account 'nobody'.");
        }
    }

    public IDisposable Lock(StorePlace place, CancellationToken cancellationToken)
    {
        IDisposable turn = _real.Lock(place, cancellationToken);
        _isLocked = true;
        return new Turn(this, turn);
    }

    public InstallationRecord? ReadRecord(StorePlace place, X509Certificate2 stored) =>
        _properties.TryGetValue(stored.Thumbprint, out byte[]? content) ? InstallationRecord.Parse(content, stored) : null;

    public void WriteRecord(StorePlace place, X509Certificate2 stored, InstallationRecord record)
    {
        Assert.True(_isLocked);
        _properties[stored.Thumbprint] = record.ToJson();
    }

    public void Add(
        StorePlace place,
        X509Store store,
        X509Certificate2 certificate,
        InstallationRecord record,
        InstallationOptions options)
    {
        Assert.True(_isLocked);
        Options.Add(options);
        if (Fault is not null)
        {
            throw Fault;
        }

        Keys.Add(certificate.Thumbprint);
        WriteRecord(place, certificate, record);
        store.Add(certificate);
    }

    public void Remove(StorePlace place, X509Store store, X509Certificate2 stored)
    {
        Assert.True(_isLocked);
        Keys.Remove(stored.Thumbprint);
        store.Remove(stored);
        _properties.Remove(stored.Thumbprint);
    }

    public void RemoveLeftovers(StorePlace place, IReadOnlyCollection<X509Certificate2> stored) => Assert.True(_isLocked);

    private sealed class Turn(PropertyPlatform platform, IDisposable real) : IDisposable
    {
        public void Dispose()
        {
            platform._isLocked = false;
            real.Dispose();
        }
    }
}
