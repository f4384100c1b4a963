using System.Net.Sockets;

namespace Spiffe.WorkloadApi;

/// <summary>Opens the byte stream to an endpoint; the one place that knows how each kind of endpoint is reached.</summary>
internal static class EndpointConnector
{
    /// <exception cref="SpiffeException">What is in the way, in words that name the endpoint.</exception>
    public static ValueTask<Stream> ConnectAsync(WorkloadApiEndpoint endpoint, CancellationToken cancellationToken) =>
        endpoint.Kind switch
        {
            EndpointKind.Unix => ConnectUnixAsync(endpoint, cancellationToken),
            _ => throw new SpiffeException(
                SpiffeErrorReason.NotSupportedHere, $"The endpoint {endpoint} is of a kind that cannot be used here."),
        };

    private static async ValueTask<Stream> ConnectUnixAsync(
        WorkloadApiEndpoint endpoint, CancellationToken cancellationToken)
    {
        Socket socket = new(AddressFamily.Unix, SocketType.Stream, ProtocolType.Unspecified);
        try
        {
            await socket.ConnectAsync(new UnixDomainSocketEndPoint(endpoint.Address), cancellationToken)
                .ConfigureAwait(false);
            return new NetworkStream(socket, ownsSocket: true);
        }
        catch (SocketException exception)
        {
            socket.Dispose();
            throw Explain(endpoint, exception);
        }
        catch
        {
            socket.Dispose();
            throw;
        }
    }

    private static SpiffeException Explain(WorkloadApiEndpoint endpoint, SocketException exception) =>
        exception.SocketErrorCode switch
        {
            SocketError.AccessDenied => new SpiffeException(
                SpiffeErrorReason.EndpointAccessDenied,
                $"This account may not open the socket {endpoint.Address}.",
                exception),
            _ when !File.Exists(endpoint.Address) => new SpiffeException(
                SpiffeErrorReason.EndpointNotFound, $"There is no socket at {endpoint.Address}.", exception),
            _ => new SpiffeException(
                SpiffeErrorReason.EndpointUnreachable,
                $"Nothing accepts connections at {endpoint.Address}: {exception.Message}.",
                exception),
        };
}
