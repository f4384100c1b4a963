using System.Security.Cryptography.X509Certificates;

namespace Spiffe.Tls;

/// <summary>Linux and macOS: TLS uses the key in this process's memory, and it is written nowhere.</summary>
internal sealed class MemoryTlsKeyPlatform : ITlsKeyPlatform
{
    public X509Certificate2 Provide(X509Certificate2 certificate) => certificate;

    public void Remove(X509Certificate2 provided)
    {
        // The certificate belongs to the SVID.
    }
}
