namespace Spiffe;

/// <summary>Which side of a tunnel is mutual TLS.</summary>
public enum TunnelMode
{
    /// <summary>Plain connections come in, and each goes out to the target over mutual TLS.</summary>
    Client,

    /// <summary>Mutual TLS comes in, and each connection goes out to the target as plain bytes.</summary>
    Server,
}
