using System.Net;
using System.Net.Http.Headers;

namespace Spiffe.Tls;

/// <summary>Asks a bundle endpoint for its document, over as many hops as redirects are allowed (Federation, section 5.2).</summary>
/// <remarks>
/// Each request begins at the configured URL, and so treats every redirect as a temporary one (section 7.5.1). Connections are
/// not kept: the next request may have to verify the server with another bundle.
/// </remarks>
internal static class BundleRequest
{
    /// <summary>How long connecting may take, handshake included.</summary>
    public static readonly TimeSpan ConnectTimeout = TimeSpan.FromSeconds(10);

    /// <summary>How long all of it may take.</summary>
    public static readonly TimeSpan Timeout = TimeSpan.FromSeconds(30);

    private const int MaxLength = 4 * 1024 * 1024;

    /// <summary>The answer, whatever its status.</summary>
    /// <param name="endpoint">Where to ask.</param>
    /// <param name="endpointBundle">What the server is verified with; null for a server of the web.</param>
    /// <param name="known">The last answer: the server may say that it is still good.</param>
    /// <param name="cancellationToken">Ends the request.</param>
    /// <exception cref="SpiffeException">
    /// <see cref="SpiffeErrorReason.PeerUnreachable"/>, <see cref="SpiffeErrorReason.TlsHandshakeFailed"/>,
    /// <see cref="SpiffeErrorReason.PeerNotTrusted"/>, <see cref="SpiffeErrorReason.PeerHasNoSvid"/>,
    /// <see cref="SpiffeErrorReason.PeerNotAuthorized"/> or <see cref="SpiffeErrorReason.BundleEndpointFailed"/>.
    /// </exception>
    public static async Task<BundleResponse> SendAsync(
        BundleEndpoint endpoint, SpiffeBundle? endpointBundle, BundleResponse? known, CancellationToken cancellationToken)
    {
        using CancellationTokenSource impatience = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        impatience.CancelAfter(Timeout);
        Uri uri = endpoint.Uri;
        BundleConnection connection = new(endpoint, endpointBundle);
        using HttpMessageInvoker invoker = new(connection.CreateHandler());
        try
        {
            for (int hops = 0; ; hops++)
            {
                connection.BeginRequest();
                using HttpRequestMessage request = CreateRequest(uri, known);
                using HttpResponseMessage response = await invoker.SendAsync(request, impatience.Token).ConfigureAwait(false);
                if (FindTarget(response, uri) is not { } target)
                {
                    return await ReadAsync(response, uri, impatience.Token).ConfigureAwait(false);
                }

                uri = hops < endpoint.MaximumRedirection
                    ? target
                    : throw Failed(uri, $"redirected for more than the {endpoint.MaximumRedirection} times that are allowed");
            }
        }
        catch (OperationCanceledException exception) when (!cancellationToken.IsCancellationRequested)
        {
            throw connection.ExplainDelay(uri, impatience.IsCancellationRequested ? Timeout : ConnectTimeout, exception);
        }
        catch (Exception exception) when (exception is HttpRequestException or IOException)
        {
            cancellationToken.ThrowIfCancellationRequested();
            throw connection.Explain(exception, uri);
        }
    }

    public static SpiffeException Failed(Uri uri, string fault, Exception? exception = null) =>
        new(SpiffeErrorReason.BundleEndpointFailed, $"The bundle endpoint {uri} {fault}.", exception);

    private static HttpRequestMessage CreateRequest(Uri uri, BundleResponse? known)
    {
        HttpRequestMessage request = new(HttpMethod.Get, uri);
        request.Headers.Accept.Add(new MediaTypeWithQualityHeaderValue("application/json"));
        request.Headers.UserAgent.Add(new ProductInfoHeaderValue("Spiffe", productVersion: null));
        request.Headers.IfModifiedSince = known?.LastModified;
        if (known?.EntityTag is { } tag)
        {
            request.Headers.IfNoneMatch.Add(tag);
        }

        return request;
    }

    /// <summary>Where a redirect leads; null where the answer is none.</summary>
    private static Uri? FindTarget(HttpResponseMessage response, Uri uri)
    {
        if (response.StatusCode is not (HttpStatusCode.MovedPermanently or HttpStatusCode.Found or HttpStatusCode.SeeOther
            or HttpStatusCode.TemporaryRedirect or HttpStatusCode.PermanentRedirect))
        {
            return null;
        }

        if (response.Headers.Location is not { } location)
        {
            throw Failed(uri, "redirected without saying where to");
        }

        // What passes for a reference by itself, such as "//", need not make a URL with the one before.
        if (!Uri.TryCreate(uri, location, out Uri? target))
        {
            throw Failed(uri, "redirected to an address that is not a URL");
        }

        return BundleEndpointUri.FindFault(target) is { } fault
            ? throw Failed(uri, $"redirected to a URL that is not valid for a bundle endpoint: {fault}")
            : target;
    }

    private static async Task<BundleResponse> ReadAsync(HttpResponseMessage response, Uri uri, CancellationToken cancellationToken)
    {
        byte[] content = response.StatusCode == HttpStatusCode.OK
            ? await ReadContentAsync(response.Content, uri, cancellationToken).ConfigureAwait(false)
            : [];
        return new BundleResponse(uri, response.StatusCode, content)
        {
            EntityTag = response.Headers.ETag,
            LastModified = response.Content.Headers.LastModified,
            ContentType = response.Content.Headers.ContentType?.MediaType,
        };
    }

    private static async Task<byte[]> ReadContentAsync(HttpContent content, Uri uri, CancellationToken cancellationToken)
    {
        if (content.Headers.ContentLength > MaxLength)
        {
            throw TooLong(uri);
        }

        using Stream body = await content.ReadAsStreamAsync(cancellationToken).ConfigureAwait(false);
        using MemoryStream all = new();
        byte[] buffer = new byte[16 * 1024];
        while (await body.ReadAsync(buffer, cancellationToken).ConfigureAwait(false) is > 0 and var count)
        {
            if (all.Length + count > MaxLength)
            {
                throw TooLong(uri);
            }

            all.Write(buffer, 0, count);
        }

        return all.ToArray();
    }

    private static SpiffeException TooLong(Uri uri) =>
        Failed(uri, $"sends more than the {MaxLength} bytes that a bundle may have");
}
