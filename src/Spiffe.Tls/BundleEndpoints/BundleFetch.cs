using System.Net;

namespace Spiffe.Tls;

/// <summary>Fetches the bundle of a trust domain, once or again and again, and keeps to the order of sequence numbers.</summary>
public sealed class BundleFetch
{
    private readonly BundleEndpoint _endpoint;
    private readonly Func<SpiffeBundle?> _findEndpointBundle;
    private BundleResponse? _known;

    /// <param name="endpoint">Where the bundle is fetched.</param>
    /// <param name="findEndpointBundle">
    /// Returns the current bundle of the trust domain of the endpoint's SPIFFE ID. For an endpoint that serves its
    /// own bundle it is asked until the first fetch only; for one of the web it is not asked. It may throw.
    /// </param>
    public BundleFetch(BundleEndpoint endpoint, Func<SpiffeBundle?> findEndpointBundle)
    {
        ArgumentNullException.ThrowIfNull(endpoint);
        ArgumentNullException.ThrowIfNull(findEndpointBundle);
        _endpoint = endpoint;
        _findEndpointBundle = findEndpointBundle;
    }

    /// <summary>The newest bundle that was fetched; null before the first.</summary>
    public SpiffeBundle? Latest { get; private set; }

    /// <summary>Fetches the bundle. What was fetched before stays the latest where an exception is thrown.</summary>
    /// <exception cref="SpiffeException">
    /// <see cref="SpiffeErrorReason.PeerUnreachable"/>, <see cref="SpiffeErrorReason.TlsHandshakeFailed"/>,
    /// <see cref="SpiffeErrorReason.PeerNotTrusted"/>, <see cref="SpiffeErrorReason.PeerHasNoSvid"/>,
    /// <see cref="SpiffeErrorReason.PeerNotAuthorized"/>, <see cref="SpiffeErrorReason.BundleNotFound"/> or
    /// <see cref="SpiffeErrorReason.BundleEndpointFailed"/>.
    /// </exception>
    public async Task<SpiffeBundle> FetchAsync(CancellationToken cancellationToken)
    {
        SpiffeBundle? endpointBundle = FindEndpointBundle();
        BundleResponse response = await BundleRequest
            .SendAsync(_endpoint, endpointBundle, _known, cancellationToken).ConfigureAwait(false);
        if (response.Status == HttpStatusCode.NotModified && Latest is not null)
        {
            return Latest;
        }

        SpiffeBundle bundle = response.ReadBundle(_endpoint.TrustDomain);
        RequireNoStepBack(bundle, Latest ?? (_endpoint.IsSelfServing ? endpointBundle : null));
        _known = response;
        Latest = bundle;
        return bundle;
    }

    /// <summary>What the server is verified with: the latest bundle of its trust domain (section 5.2.2.4).</summary>
    private SpiffeBundle? FindEndpointBundle()
    {
        if (_endpoint.EndpointSpiffeId is not { } id)
        {
            return null;
        }

        SpiffeBundle? bundle = (_endpoint.IsSelfServing ? Latest : null) ?? _findEndpointBundle();
        return bundle?.TrustDomain == id.TrustDomain ? bundle : throw new SpiffeException(
            SpiffeErrorReason.BundleNotFound,
            $"There is no bundle of '{id.TrustDomain}' to verify the endpoint '{id}' with" +
            (bundle is null ? "." : $"; the one that was given is of '{bundle.TrustDomain}'."));
    }

    /// <summary>A lower number is an older bundle, wherever it comes from; without numbers the last one counts (section 4.2).</summary>
    private void RequireNoStepBack(SpiffeBundle bundle, SpiffeBundle? before)
    {
        if (bundle.SequenceNumber < before?.SequenceNumber)
        {
            throw BundleRequest.Failed(
                _endpoint.Uri,
                $"serves the bundle number {bundle.SequenceNumber}, and number {before.SequenceNumber} is known already; the newer one stays");
        }
    }
}
