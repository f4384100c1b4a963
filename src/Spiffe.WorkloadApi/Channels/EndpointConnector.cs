using System.Net.Sockets;

namespace Spiffe.WorkloadApi;

/// <summary>Opens the byte stream to an endpoint; the one place that knows how each kind of endpoint is reached.</summary>
internal sealed class EndpointConnector
{
    private volatile bool _isForeign;

    public EndpointConnector(WorkloadApiEndpoint endpoint) => Endpoint = endpoint;

    public WorkloadApiEndpoint Endpoint { get; }

    /// <summary>Whether the last one who answered spoke another protocol than HTTP/2.</summary>
    public bool IsForeign => _isForeign;

    /// <exception cref="SpiffeException">What is in the way, in words that name the endpoint.</exception>
    public ValueTask<Stream> ConnectAsync(CancellationToken cancellationToken) =>
        Endpoint.Kind switch
        {
            EndpointKind.Unix => ConnectUnixAsync(cancellationToken),
            _ => throw new SpiffeException(
                SpiffeErrorReason.NotSupportedHere, $"The endpoint {Endpoint} is of a kind that cannot be used here."),
        };

    private async ValueTask<Stream> ConnectUnixAsync(CancellationToken cancellationToken)
    {
        Socket socket = new(AddressFamily.Unix, SocketType.Stream, ProtocolType.Unspecified);
        try
        {
            await socket.ConnectAsync(new UnixDomainSocketEndPoint(Endpoint.Address), cancellationToken)
                .ConfigureAwait(false);
            return new OverheardStream(socket, isHttp2 => _isForeign = !isHttp2);
        }
        catch (SocketException exception)
        {
            socket.Dispose();
            throw Explain(exception);
        }
        catch
        {
            socket.Dispose();
            throw;
        }
    }

    private SpiffeException Explain(SocketException exception) =>
        exception.SocketErrorCode switch
        {
            SocketError.AccessDenied => new SpiffeException(
                SpiffeErrorReason.EndpointAccessDenied,
                $"This account may not open the socket {Quoted.Text(Endpoint.Address)}.",
                exception),
            _ when !File.Exists(Endpoint.Address) => new SpiffeException(
                SpiffeErrorReason.EndpointNotFound, $"There is no socket at {Quoted.Text(Endpoint.Address)}.", exception),
            _ => new SpiffeException(
                SpiffeErrorReason.EndpointUnreachable,
                $"Nothing accepts connections at {Quoted.Text(Endpoint.Address)}: {Quoted.Line(exception.Message).TrimEnd('.')}.",
                exception),
        };
}
