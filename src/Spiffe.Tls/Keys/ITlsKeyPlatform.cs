using System.Security.Cryptography.X509Certificates;

namespace Spiffe.Tls;

/// <summary>What the operating systems do differently with the private key of a TLS certificate.</summary>
internal interface ITlsKeyPlatform
{
    /// <summary>A certificate whose key the platform's TLS can use.</summary>
    X509Certificate2 Provide(X509Certificate2 certificate);

    /// <summary>Releases what <see cref="Provide"/> returned, without leaving a trace of the key.</summary>
    void Remove(X509Certificate2 provided);
}
