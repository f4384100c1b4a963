using System.Collections.Concurrent;
using Grpc.Core;
using Grpc.Net.Client;

namespace Spiffe.Transport;

/// <summary>The gRPC connection to one agent, opened when it is first used and again whenever it broke.</summary>
internal sealed class ManagedChannel : IAgentChannel, IDisposable
{
    /// <summary>The largest message that is read, in bytes.</summary>
    public const int MaxMessageSize = 16 * 1024 * 1024;

    // The :authority of every request, as gRPC clients name it on a local socket. Nothing is resolved from it.
    private const string Authority = "http://localhost";

    // A peer that is silent is asked whether it lives; one that does not answer is given up within 20 s,
    // also where its machine is gone and nothing closes the connection.
    private static readonly TimeSpan s_pingDelay = TimeSpan.FromSeconds(10);
    private static readonly TimeSpan s_pingTimeout = TimeSpan.FromSeconds(5);
    private static readonly TimeSpan s_idleTimeout = TimeSpan.FromMinutes(1);

    // What every request carries (Workload Endpoint, section 3).
    private static readonly Metadata s_securityHeader = new() { { "workload.spiffe.io", "true" } };

    private static readonly Marshaller<byte[]> s_bytes = Marshallers.Create(bytes => bytes, bytes => bytes);

    // The channel keeps notes on each method that it has seen: there must not be a new one for each call.
    private static readonly ConcurrentDictionary<string, Method<byte[], byte[]>> s_methods = new();

    private readonly EndpointConnector _connector;
    private readonly GrpcChannel _channel;
    private readonly CallInvoker _invoker;

    public ManagedChannel(WorkloadApiEndpoint endpoint)
    {
        _connector = new EndpointConnector(endpoint);
        _channel = OpenChannel(_connector);
        _invoker = _channel.CreateCallInvoker();
    }

    public IAgentCall Open(string method, byte[] request, CancellationToken cancellationToken) => new ManagedCall(
        _connector,
        _invoker.AsyncServerStreamingCall(
            s_methods.GetOrAdd(method, static method => CreateMethod(method.Split('/'))),
            host: null,
            new CallOptions(s_securityHeader, cancellationToken: cancellationToken),
            request));

    public void Dispose() => _channel.Dispose();

    private static Method<byte[], byte[]> CreateMethod(string[] name) =>
        new(MethodType.ServerStreaming, name[0], name[1], s_bytes, s_bytes);

    private static GrpcChannel OpenChannel(EndpointConnector connector) =>
        GrpcChannel.ForAddress(Authority, new GrpcChannelOptions
        {
            // A client, not a handler: there is one address, and gRPC's balancing between several would cost the first call 4 ms.
            HttpClient = new HttpClient(new ServerStatusMark(new SocketsHttpHandler
            {
                UseProxy = false,
                AllowAutoRedirect = false,
                UseCookies = false,
                // An agent limits the streams of a connection, often to 100; without this, the next one would wait for ever.
                EnableMultipleHttp2Connections = true,
                PooledConnectionIdleTimeout = s_idleTimeout,
                KeepAlivePingDelay = s_pingDelay,
                KeepAlivePingTimeout = s_pingTimeout,
                KeepAlivePingPolicy = HttpKeepAlivePingPolicy.WithActiveRequests,
                ConnectCallback = (_, cancellationToken) => connector.ConnectAsync(cancellationToken),
            }))
            {
                // Calls end by their own tokens.
                Timeout = Timeout.InfiniteTimeSpan,
            },
            DisposeHttpClient = true,
            MaxReceiveMessageSize = MaxMessageSize,
        });
}
