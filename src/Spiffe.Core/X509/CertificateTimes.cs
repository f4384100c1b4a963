using System.Security.Cryptography.X509Certificates;

namespace Spiffe;

/// <summary>A certificate's validity as instants.</summary>
/// <remarks>
/// <see cref="X509Certificate2"/> gives local times. They compare wrongly in the hour that summer time repeats when it ends,
/// so nothing else may read them (BannedSymbols.txt).
/// </remarks>
internal static class CertificateTimes
{
    extension(X509Certificate2 certificate)
    {
#pragma warning disable RS0030
        public DateTimeOffset ValidFrom => certificate.NotBefore.ToUniversalTime();

        public DateTimeOffset ValidUntil => certificate.NotAfter.ToUniversalTime();
#pragma warning restore RS0030
    }
}
