namespace Spiffe.DevAgent;

/// <summary>A certificate and its key as the Workload API sends them, and when to replace them.</summary>
internal sealed record IssuedX509Svid(
    X509Authority Authority, byte[] Certificate, byte[] Pkcs8Key, DateTimeOffset IssuedAt, DateTimeOffset ExpiresAt)
{
    /// <summary>Before half of the life is gone.</summary>
    public DateTimeOffset RenewAt => IssuedAt + ((ExpiresAt - IssuedAt) * 0.45);

    /// <summary>From here on it is renewed along with others: those that were issued together go out in one message.</summary>
    public DateTimeOffset RenewFrom => IssuedAt + ((ExpiresAt - IssuedAt) * 0.35);
}
