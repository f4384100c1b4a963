namespace Spiffe;

/// <summary>A trust domain whose bundle an agent fetches from an endpoint, as JSON has it. Compared by what it says.</summary>
internal sealed record FederationMessage
{
    public string TrustDomain { get; init; } = string.Empty;

    public string Uri { get; init; } = string.Empty;

    public string Profile { get; init; } = string.Empty;

    public string? EndpointSpiffeId { get; init; }

    /// <summary>The bundle to begin with: a SPIFFE bundle document.</summary>
    public string? Bundle { get; init; }

    /// <summary>The file of the bundle to begin with, of any format; it may come later.</summary>
    public string? BundlePath { get; init; }

    /// <summary>The web authorities to trust in place of the system's, in PEM.</summary>
    public string? CaCertificate { get; init; }

    /// <summary>The PEM file of those authorities.</summary>
    public string? CaCertificatePath { get; init; }
}
