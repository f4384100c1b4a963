using System.Security.Cryptography.X509Certificates;

namespace Spiffe.Testing;

/// <summary>A leaf with its key and the intermediates above it, as bytes for a Workload API message.</summary>
public sealed record IssuedSvid(X509Certificate2 Leaf, byte[] Pkcs8Key, IReadOnlyList<X509Certificate2> Intermediates)
{
    public byte[] Der => [.. Leaf.RawData, .. Intermediates.SelectMany(certificate => certificate.RawData)];
}
