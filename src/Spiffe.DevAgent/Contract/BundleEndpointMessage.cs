namespace Spiffe;

/// <summary>Where and how an agent serves its bundle, as JSON has it.</summary>
internal sealed class BundleEndpointMessage
{
    public string Address { get; set; } = string.Empty;

    public string Profile { get; set; } = nameof(BundleEndpointProfile.HttpsSpiffe);

    /// <summary>The identity of the server; null for <c>/bundle-endpoint</c> of the trust domain.</summary>
    public string? SpiffeId { get; set; }

    /// <summary>The PEM file of a web certificate; null for one of the agent's own authority.</summary>
    public string? CertificatePath { get; set; }

    /// <summary>The PEM file of its key; null if it is in the file of the certificate.</summary>
    public string? KeyPath { get; set; }
}
