namespace Spiffe.DevAgent;

/// <summary>A certificate and its key as the Workload API sends them, and when to replace them.</summary>
internal sealed record IssuedX509Svid(byte[] Certificate, byte[] Pkcs8Key, DateTimeOffset IssuedAt, TimeSpan Ttl)
{
    /// <summary>Before half of the life is gone.</summary>
    public DateTimeOffset RenewAt => IssuedAt + (Ttl * 0.45);
}
