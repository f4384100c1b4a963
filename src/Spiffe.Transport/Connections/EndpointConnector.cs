using System.Net;
using System.Net.Sockets;

namespace Spiffe.Transport;

/// <summary>Opens the byte stream to an endpoint; the one place that knows how each kind of endpoint is reached.</summary>
internal sealed class EndpointConnector
{
    private volatile bool _isForeign;

    public EndpointConnector(WorkloadApiEndpoint endpoint) => Endpoint = endpoint;

    public WorkloadApiEndpoint Endpoint { get; }

    /// <summary>Whether the last one who answered spoke another protocol than HTTP/2.</summary>
    public bool IsForeign => _isForeign;

    /// <exception cref="SpiffeException">What is in the way, in words that name the endpoint.</exception>
    public async ValueTask<Stream> ConnectAsync(CancellationToken cancellationToken)
    {
        Stream connection = Endpoint.Kind switch
        {
            EndpointKind.Unix => await ConnectUnixAsync(cancellationToken).ConfigureAwait(false),
            EndpointKind.Tcp => await ConnectTcpAsync(cancellationToken).ConfigureAwait(false),
            EndpointKind.NamedPipe => await PipeConnector.ConnectAsync(Endpoint, cancellationToken).ConfigureAwait(false),
            _ => throw new SpiffeException(
                SpiffeErrorReason.NotSupportedHere, $"The endpoint {Endpoint} is of a kind that this platform does not support."),
        };
        return new OverheardStream(connection, isHttp2 => _isForeign = !isHttp2);
    }

    private async ValueTask<Stream> ConnectUnixAsync(CancellationToken cancellationToken)
    {
        Socket socket = new(AddressFamily.Unix, SocketType.Stream, ProtocolType.Unspecified);
        try
        {
            return await ConnectAsync(socket, new UnixDomainSocketEndPoint(Endpoint.Address), cancellationToken)
                .ConfigureAwait(false);
        }
        catch (SocketException exception)
        {
            throw ExplainUnix(exception);
        }
    }

    private async ValueTask<Stream> ConnectTcpAsync(CancellationToken cancellationToken)
    {
        IPEndPoint address = Endpoint.IPEndPoint!;
        Socket socket = new(address.AddressFamily, SocketType.Stream, ProtocolType.Tcp) { NoDelay = true };
        try
        {
            return await ConnectAsync(socket, address, cancellationToken).ConfigureAwait(false);
        }
        catch (SocketException exception)
        {
            throw exception.SocketErrorCode == SocketError.AccessDenied
                ? new SpiffeException(
                    SpiffeErrorReason.EndpointAccessDenied, $"This account may not connect to {Endpoint}.", exception)
                : Unreachable(Endpoint.ToString(), exception);
        }
    }

    /// <summary>The stream owns the socket; where there is none the socket is closed.</summary>
    private static async ValueTask<Stream> ConnectAsync(
        Socket socket, EndPoint address, CancellationToken cancellationToken)
    {
        try
        {
            await socket.ConnectAsync(address, cancellationToken).ConfigureAwait(false);
            return new NetworkStream(socket, ownsSocket: true);
        }
        catch
        {
            socket.Dispose();
            throw;
        }
    }

    private SpiffeException ExplainUnix(SocketException exception) => exception.SocketErrorCode switch
    {
        SocketError.AccessDenied => new SpiffeException(
            SpiffeErrorReason.EndpointAccessDenied,
            $"This account may not open the socket {Quoted.Text(Endpoint.Address)}.",
            exception),
        _ when !File.Exists(Endpoint.Address) => new SpiffeException(
            SpiffeErrorReason.EndpointNotFound, $"There is no socket at {Quoted.Text(Endpoint.Address)}.", exception),
        _ when !OperatingSystem.IsWindows() && UnixFile.IsOtherThanSocket(Endpoint.Address) => new SpiffeException(
            SpiffeErrorReason.EndpointNotFound, $"{Quoted.Text(Endpoint.Address)} is not a socket.", exception),
        _ => Unreachable(Quoted.Text(Endpoint.Address), exception),
    };

    private static SpiffeException Unreachable(string place, SocketException exception) => new(
        SpiffeErrorReason.EndpointUnreachable,
        $"Nothing accepts connections at {place}: {Quoted.Line(exception.Message).TrimEnd('.')}.",
        exception);
}
