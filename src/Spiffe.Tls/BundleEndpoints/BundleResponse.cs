using System.Net;
using System.Net.Http.Headers;

namespace Spiffe.Tls;

/// <summary>What a bundle endpoint answered, behind all redirects.</summary>
/// <param name="Uri">Where the answer came from.</param>
/// <param name="Status">Its status.</param>
/// <param name="Content">Its body; empty unless the status is 200.</param>
internal sealed record BundleResponse(Uri Uri, HttpStatusCode Status, ReadOnlyMemory<byte> Content)
{
    /// <summary>What tells this version of the document from the next; null where the server does not say.</summary>
    public EntityTagHeaderValue? EntityTag { get; init; }

    /// <summary>When the document was last changed; null where the server does not say.</summary>
    public DateTimeOffset? LastModified { get; init; }

    /// <summary>The media type, for information: a client must not depend on it (Federation, section 5.2.1.3).</summary>
    public string? ContentType { get; init; }

    /// <summary>The bundle in the answer.</summary>
    /// <exception cref="SpiffeException"><see cref="SpiffeErrorReason.BundleEndpointFailed"/>: it has none.</exception>
    public SpiffeBundle ReadBundle(TrustDomain trustDomain)
    {
        if (Status != HttpStatusCode.OK)
        {
            throw Failed($"answered with the status {(int)Status}; expected 200");
        }

        try
        {
            return BundleFile.Parse(Content, BundleFormat.Spiffe, trustDomain)[0];
        }
        catch (SpiffeException exception)
        {
            throw Failed($"did not return a bundle. {exception.Message.TrimEnd('.')}", exception);
        }
    }

    private SpiffeException Failed(string fault, Exception? exception = null) =>
        new(SpiffeErrorReason.BundleEndpointFailed, $"The bundle endpoint {Uri} {fault}.", exception);
}
