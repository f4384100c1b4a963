namespace Spiffe;

/// <summary>A tunnel of this PowerShell process, as it was when this object was made.</summary>
public sealed class Tunnel
{
    internal Tunnel(int id, TunnelMode mode, string listen, string target, string allows, DateTime startTime)
    {
        Id = id;
        Mode = mode;
        Listen = listen;
        Target = target;
        Allows = allows;
        StartTime = startTime;
    }

    /// <summary>Its number in this process.</summary>
    public int Id { get; }

    /// <summary>Which side is mutual TLS.</summary>
    public TunnelMode Mode { get; }

    /// <summary>Where it listens; for a port that the operating system chose, with that port.</summary>
    public string Listen { get; }

    /// <summary>Where its connections lead.</summary>
    public string Target { get; }

    /// <summary>The peers that it lets in, in words.</summary>
    public string Allows { get; }

    /// <summary>When it was started, in local time.</summary>
    public DateTime StartTime { get; }

    /// <summary>Connections that are open or about to be.</summary>
    public int ActiveConnections { get; internal init; }

    /// <summary>Connections that were accepted, those that ended included.</summary>
    public long TotalConnections { get; internal init; }

    /// <summary>Connections that ended as <see cref="TunnelOutcome.Refused"/>.</summary>
    public long RefusedConnections { get; internal init; }

    /// <summary>Connections that ended as <see cref="TunnelOutcome.Broken"/>.</summary>
    public long BrokenConnections { get; internal init; }

    /// <summary>Bytes of the application that went to peers.</summary>
    public long BytesSent { get; internal init; }

    /// <summary>Bytes of the application that came from peers.</summary>
    public long BytesReceived { get; internal init; }

    /// <summary>What went wrong last; null where nothing has.</summary>
    public string? LastError { get; internal init; }

    /// <summary>The tunnel as plain values.</summary>
    public SpiffeRecord ToRecord() => new()
    {
        { "Id", Id },
        { "Mode", Mode.ToString() },
        { "Listen", Listen },
        { "Target", Target },
        { "Allows", Allows },
        { "StartTime", StartTime },
        { "ActiveConnections", ActiveConnections },
        { "TotalConnections", TotalConnections },
        { "RefusedConnections", RefusedConnections },
        { "BrokenConnections", BrokenConnections },
        { "BytesSent", BytesSent },
        { "BytesReceived", BytesReceived },
        { "LastError", LastError },
    };

    /// <summary>Where it listens.</summary>
    public override string ToString() => Listen;
}
