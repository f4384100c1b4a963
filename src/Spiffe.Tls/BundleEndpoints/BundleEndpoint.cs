using System.Security.Cryptography.X509Certificates;

namespace Spiffe.Tls;

/// <summary>Where the bundle of a trust domain is fetched, and how the server there proves who it is (Federation, section 5).</summary>
/// <remarks>Trust domain, URL and profile are always given, and none follows from another (sections 5.1 and 7.2).</remarks>
public sealed record BundleEndpoint
{
    private const int DefaultRedirects = 5;

    private BundleEndpoint(TrustDomain trustDomain, Uri uri, BundleEndpointProfile profile)
    {
        TrustDomain = trustDomain;
        Uri = uri;
        Profile = profile;
    }

    /// <summary>The trust domain whose bundle is served there; the document itself does not name it.</summary>
    public TrustDomain TrustDomain { get; }

    /// <summary>The URL that every fetch starts from.</summary>
    public Uri Uri { get; }

    /// <summary>How the server proves who it is.</summary>
    public BundleEndpointProfile Profile { get; }

    /// <summary>The SPIFFE ID that the server must have, with <see cref="BundleEndpointProfile.HttpsSpiffe"/>; else null.</summary>
    public SpiffeId? EndpointSpiffeId { get; private init; }

    /// <summary>
    /// The web authorities that are trusted in place of the system's, with <see cref="BundleEndpointProfile.HttpsWeb"/>; null for
    /// the system's.
    /// </summary>
    public IReadOnlyList<X509Certificate2>? WebAuthorities { get; private init; }

    /// <summary>How many redirects are followed, each to a URL that could be configured itself; 0 for none.</summary>
    public int MaximumRedirection { get; init; } = DefaultRedirects;

    /// <summary>Whether the endpoint proves its identity with the same bundle that it serves (section 5.2.2.4).</summary>
    public bool IsSelfServing => EndpointSpiffeId is not null && EndpointSpiffeId.TrustDomain == TrustDomain;

    /// <summary>An endpoint with a certificate of the web.</summary>
    /// <param name="trustDomain">Whose bundle it serves.</param>
    /// <param name="uri">An https URL.</param>
    /// <param name="webAuthorities">The authorities to trust in place of the system's; null for the system's. None is none.</param>
    /// <exception cref="SpiffeException"><see cref="SpiffeErrorReason.BundleEndpointInvalid"/></exception>
    public static BundleEndpoint ForHttpsWeb(
        TrustDomain trustDomain, string uri, IEnumerable<X509Certificate2>? webAuthorities = null)
    {
        ArgumentNullException.ThrowIfNull(trustDomain);
        return new BundleEndpoint(trustDomain, BundleEndpointUri.Parse(uri), BundleEndpointProfile.HttpsWeb)
        {
            WebAuthorities = webAuthorities is null ? null : Array.AsReadOnly(webAuthorities.ToArray()),
        };
    }

    /// <summary>An endpoint with an X509-SVID.</summary>
    /// <param name="trustDomain">Whose bundle it serves.</param>
    /// <param name="uri">An https URL.</param>
    /// <param name="endpointSpiffeId">The SPIFFE ID that it must have; of this trust domain or of another.</param>
    /// <exception cref="SpiffeException"><see cref="SpiffeErrorReason.BundleEndpointInvalid"/></exception>
    public static BundleEndpoint ForHttpsSpiffe(TrustDomain trustDomain, string uri, SpiffeId endpointSpiffeId)
    {
        ArgumentNullException.ThrowIfNull(trustDomain);
        ArgumentNullException.ThrowIfNull(endpointSpiffeId);
        return new BundleEndpoint(trustDomain, BundleEndpointUri.Parse(uri), BundleEndpointProfile.HttpsSpiffe)
        {
            EndpointSpiffeId = endpointSpiffeId,
        };
    }

    /// <summary>The URL.</summary>
    public override string ToString() => Uri.ToString();
}
