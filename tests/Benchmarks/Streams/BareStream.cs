using System.Net.Sockets;
using Grpc.Core;
using Grpc.Net.Client;
using Spiffe.Protocol;

namespace Spiffe.Benchmarks.Streams;

/// <summary>The generated client and a channel, with nothing of the module in between: what it is compared with.</summary>
internal sealed class BareStream : IDisposable
{
    private readonly GrpcChannel _channel;
    private readonly SpiffeWorkloadAPI.SpiffeWorkloadAPIClient _client;

    public BareStream(string socketPath)
    {
        SocketsHttpHandler handler = new()
        {
            EnableMultipleHttp2Connections = true,
            ConnectCallback = async (_, cancellationToken) =>
            {
                Socket socket = new(AddressFamily.Unix, SocketType.Stream, ProtocolType.Unspecified);
                await socket.ConnectAsync(new UnixDomainSocketEndPoint(socketPath), cancellationToken);
                return new NetworkStream(socket, ownsSocket: true);
            },
        };
        _channel = GrpcChannel.ForAddress(
            "http://localhost", new GrpcChannelOptions { HttpHandler = handler, DisposeHttpClient = true, MaxReceiveMessageSize = null });
        _client = new SpiffeWorkloadAPI.SpiffeWorkloadAPIClient(_channel);
    }

    /// <summary>Reads until cancelled or the agent ends the stream.</summary>
    public async Task ReadAsync(Action<X509SVIDResponse> take, CancellationToken cancellationToken)
    {
        Metadata headers = new() { { "workload.spiffe.io", "true" } };
        using AsyncServerStreamingCall<X509SVIDResponse> call =
            _client.FetchX509SVID(new X509SVIDRequest(), headers, cancellationToken: cancellationToken);
        try
        {
            while (await call.ResponseStream.MoveNext(cancellationToken))
            {
                take(call.ResponseStream.Current);
            }
        }
        catch (RpcException exception) when (cancellationToken.IsCancellationRequested && exception.StatusCode == StatusCode.Cancelled)
        {
            // That was the end of the measurement.
        }
    }

    public void Dispose() => _channel.Dispose();
}
