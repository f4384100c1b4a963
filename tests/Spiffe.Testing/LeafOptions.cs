using System.Security.Cryptography.X509Certificates;

namespace Spiffe.Testing;

/// <summary>How a leaf is made; the defaults make a good X509-SVID.</summary>
public sealed record LeafOptions
{
    public IReadOnlyList<string> Uris { get; init; } = ["spiffe://example.org/web"];

    public IReadOnlyList<string> DnsNames { get; init; } = [];

    public TestKeyType KeyType { get; init; } = TestKeyType.EcP256;

    public bool IsCertificateAuthority { get; init; }

    public X509KeyUsageFlags? KeyUsage { get; init; } = X509KeyUsageFlags.DigitalSignature;

    public bool KeyUsageCritical { get; init; } = true;

    public TimeSpan Lifetime { get; init; } = TimeSpan.FromHours(1);

    /// <summary>From when it is valid; null for a minute before the tests began.</summary>
    public DateTimeOffset? NotBefore { get; init; }
}
