using Grpc.Core;
using Grpc.Net.Client;
using Spiffe.Protocol;

namespace Spiffe.WorkloadApi;

/// <summary>The gRPC connection to one endpoint, opened when it is first used and again whenever it broke.</summary>
internal static class WorkloadApiChannel
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

    private static readonly Metadata s_securityHeader = new() { { "workload.spiffe.io", "true" } };

    /// <summary>What every call carries (Workload Endpoint, section 3).</summary>
    public static CallOptions CallOptions(CancellationToken cancellationToken) =>
        new(s_securityHeader, cancellationToken: cancellationToken);

    public static SpiffeWorkloadAPI.SpiffeWorkloadAPIClient Open(EndpointConnector connector) =>
        new(GrpcChannel.ForAddress(Authority, new GrpcChannelOptions
        {
            // A client, not a handler: there is one address, and gRPC's balancing between several would cost the first call 4 ms.
            HttpClient = new HttpClient(new ServerStatusMark(new SocketsHttpHandler
            {
                UseProxy = false,
                AllowAutoRedirect = false,
                UseCookies = false,
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
        }));
}
