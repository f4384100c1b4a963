using System.Net;

namespace Spiffe.DevAgent;

/// <summary>Where and how the agent serves its bundle to other trust domains.</summary>
/// <param name="Address">Where it listens; port 0 for one that is free.</param>
/// <param name="Profile">How it proves who it is.</param>
/// <param name="SpiffeId">The identity of its server certificate, with <see cref="BundleEndpointProfile.HttpsSpiffe"/>.</param>
internal sealed record BundleEndpointSettings(IPEndPoint Address, BundleEndpointProfile Profile, SpiffeId SpiffeId)
{
    /// <summary>The PEM file of a web certificate and of what is between it and its root; null for one of the agent's own.</summary>
    public string? CertificatePath { get; init; }

    /// <summary>The PEM file of the web certificate's private key; null if it is in the file of the certificate.</summary>
    public string? KeyPath { get; init; }
}
