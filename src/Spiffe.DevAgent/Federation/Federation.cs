using Spiffe.Tls;

namespace Spiffe.DevAgent;

/// <summary>A trust domain whose bundle is fetched from an endpoint. Equal where the same was said of it.</summary>
/// <param name="Message">What was said.</param>
/// <param name="Endpoint">Where the bundle is fetched.</param>
/// <param name="Bundle">The bundle to begin with; null if there is none, or if it is in a file.</param>
/// <param name="BundlePath">The file of the bundle to begin with; null where there is none.</param>
internal sealed record Federation(FederationMessage Message, BundleEndpoint Endpoint, SpiffeBundle? Bundle, string? BundlePath)
{
    /// <summary>The bundle to begin with, of the trust domain that the endpoint's SPIFFE ID is of.</summary>
    /// <exception cref="SpiffeException">The file is not there yet, or has no bundle.</exception>
    public SpiffeBundle? FindFirstBundle() =>
        BundlePath is null ? Bundle : BundleFile.Read(BundlePath, Endpoint.EndpointSpiffeId!.TrustDomain);

    public bool Equals(Federation? other) => other is not null && Message == other.Message;

    public override int GetHashCode() => Message.GetHashCode();
}
