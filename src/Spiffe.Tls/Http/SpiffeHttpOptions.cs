namespace Spiffe.Tls;

/// <summary>How requests are made, apart from identities.</summary>
public sealed record SpiffeHttpOptions
{
    /// <summary>A Unix socket to connect to in place of the request's host and port; null for none. TLS is spoken there too.</summary>
    public string? UnixSocketPath { get; init; }

    /// <summary>How long connecting may take, handshake included.</summary>
    public TimeSpan ConnectTimeout { get; init; } = TimeSpan.FromSeconds(15);

    /// <summary>How many redirects are followed; none leads to http, and each to a peer that the same rule allows.</summary>
    public int MaximumRedirection { get; init; } = 5;
}
