using Grpc.Core;

namespace Spiffe.Transport;

/// <summary>Marks each answer that is a status and nothing else: its words are the server's, not those of the gRPC client here.</summary>
internal sealed class ServerStatusMark : DelegatingHandler
{
    private const string Name = "spiffe-status-of-server";

    public ServerStatusMark(HttpMessageHandler innerHandler)
        : base(innerHandler)
    {
    }

    /// <summary>Whether the server itself sent this status. One that ends a stream with messages in it is never marked.</summary>
    public static bool IsOn(RpcException exception) => exception.Trailers.Get(Name) is not null;

    protected override async Task<HttpResponseMessage> SendAsync(
        HttpRequestMessage request, CancellationToken cancellationToken)
    {
        HttpResponseMessage response = await base.SendAsync(request, cancellationToken).ConfigureAwait(false);
        if (response.Headers.Contains("grpc-status"))
        {
            response.Headers.Add(Name, "true");
        }

        return response;
    }
}
