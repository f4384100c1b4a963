namespace Spiffe;

/// <summary>What the agent says on standard output once it listens.</summary>
internal sealed record ReadyMessage(string Endpoint, int ProcessId, string TrustDomain)
{
    /// <summary>The URL of its bundle endpoint; null where there is none.</summary>
    public string? BundleEndpoint { get; init; }

    /// <summary>The SPIFFE ID that the bundle endpoint shows; null with a certificate of the web.</summary>
    public string? BundleEndpointSpiffeId { get; init; }

    /// <summary>The certificate of the web authority that the agent made for itself, in PEM; null where it made none.</summary>
    public string? BundleEndpointAuthority { get; init; }
}
