using System.Net;

namespace Spiffe.Tls;

/// <summary>What a tunnel connects, and its limits.</summary>
internal sealed record TunnelOptions
{
    public required TunnelMode Mode { get; init; }

    /// <summary>An IP endpoint, whose port may be 0, or a Unix socket.</summary>
    public required EndPoint Listen { get; init; }

    /// <summary>A host and port, or a Unix socket.</summary>
    public required EndPoint Target { get; init; }

    /// <summary>The mode of the socket's file.</summary>
    public UnixFileMode SocketMode { get; init; } = UnixFileMode.UserRead | UnixFileMode.UserWrite;

    /// <summary>The connections that may be open at a time; more of them wait to be accepted.</summary>
    public int MaxConnections { get; init; } = 1000;

    /// <summary>How long it may take until a connection stands: identity, target and handshake together.</summary>
    public TimeSpan ConnectTimeout { get; init; } = TimeSpan.FromSeconds(15);

    /// <summary>A connection on which nothing moves for this long is ended; zero for no limit.</summary>
    public TimeSpan IdleTimeout { get; init; }

    /// <summary>
    /// Whether <see cref="RunningTunnel.ReadConnectionsAsync"/> will be read. Then a connection counts as open until it is read,
    /// so that a slow reader slows the tunnel and misses nothing.
    /// </summary>
    public bool ReportsConnections { get; init; }
}
