using System.Net.Security;

namespace Spiffe.Tls;

/// <summary>How a handshake is made, apart from who takes part in it.</summary>
public sealed record TlsOptions
{
    /// <summary>The host name that a client sends (SNI); it has no part in the verification of an X509-SVID. Empty to send none.</summary>
    public string TargetHost { get; init; } = string.Empty;

    /// <summary>Application protocols in the order of preference (ALPN).</summary>
    public IReadOnlyList<SslApplicationProtocol> ApplicationProtocols { get; init; } = [];

    /// <summary>How long a handshake may take; a peer that is silent for longer is given up.</summary>
    public TimeSpan Timeout { get; init; } = TimeSpan.FromSeconds(15);
}
