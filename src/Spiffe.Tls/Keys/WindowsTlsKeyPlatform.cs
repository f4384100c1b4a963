using System.Collections.Concurrent;
using System.Runtime.Versioning;
using System.Security.Cryptography.X509Certificates;

namespace Spiffe.Tls;

/// <summary>Windows: Schannel uses only keys that Windows keeps, so the key is kept there for as long as the SVID is in use.</summary>
/// <remarks>Written from the documentation, and not tried yet.</remarks>
[SupportedOSPlatform("windows")]
internal sealed class WindowsTlsKeyPlatform : ITlsKeyPlatform
{
    private static readonly InstallationOptions s_plain = new();

    private readonly ConcurrentDictionary<X509Certificate2, string> _names = new(ReferenceEqualityComparer.Instance);

    // A PowerShell that ends in the middle of a script retires nothing.
    public WindowsTlsKeyPlatform() => AppDomain.CurrentDomain.ProcessExit += (_, _) => RemoveAll();

    public X509Certificate2 Provide(X509Certificate2 certificate)
    {
        string name = $"Spiffe TLS {Environment.ProcessId} {Guid.NewGuid():N}";
        X509Certificate2 provided = WindowsKey.Persist(certificate, name, isMachineKey: false, s_plain);
        _names[provided] = name;
        return provided;
    }

    public void Remove(X509Certificate2 provided)
    {
        if (_names.TryRemove(provided, out string? name))
        {
            WindowsKey.Delete(provided, name);
            provided.Dispose();
        }
    }

    private void RemoveAll()
    {
        foreach (X509Certificate2 provided in _names.Keys)
        {
            Remove(provided);
        }
    }
}
