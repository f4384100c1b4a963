namespace Spiffe;

/// <summary>One connection through a tunnel, after its end.</summary>
public sealed class TunnelConnection
{
    internal TunnelConnection(string client, DateTime startTime)
    {
        Client = client;
        StartTime = startTime;
    }

    /// <summary>The address that it came from; empty for a client of a Unix socket.</summary>
    public string Client { get; }

    /// <summary>When it was accepted, in local time.</summary>
    public DateTime StartTime { get; }

    /// <summary>How long it was open.</summary>
    public TimeSpan Duration { get; internal init; }

    /// <summary>The peer's SPIFFE ID once the peer was authorised; null where it was not.</summary>
    public SpiffeId? PeerId { get; internal init; }

    /// <summary>Bytes of the application that went to the peer.</summary>
    public long BytesSent { get; internal init; }

    /// <summary>Bytes of the application that came from the peer.</summary>
    public long BytesReceived { get; internal init; }

    /// <summary>How it ended.</summary>
    public TunnelOutcome Outcome { get; internal init; }

    /// <summary>The error's id, such as <c>PeerNotAuthorized</c>; null where there was none.</summary>
    public string? ErrorId { get; internal init; }

    /// <summary>The error's id or, where there was none, the outcome: what a table has room for.</summary>
    public string Result => ErrorId ?? Outcome.ToString();

    /// <summary>What went wrong; null where nothing did.</summary>
    public string? Message { get; internal init; }

    /// <summary>The connection as plain values.</summary>
    public SpiffeRecord ToRecord() => new()
    {
        { "Client", Client },
        { "StartTime", StartTime },
        { "DurationSec", Duration.TotalSeconds },
        { "PeerId", PeerId?.Text },
        { "BytesSent", BytesSent },
        { "BytesReceived", BytesReceived },
        { "Outcome", Outcome.ToString() },
        { "ErrorId", ErrorId },
        { "Message", Message },
    };

    /// <summary>Peer, outcome and error on one line.</summary>
    public override string ToString() =>
        $"{PeerId?.ToString() ?? "unknown peer"}: {Outcome}{(Message is null ? "" : $": {Message}")}";
}
