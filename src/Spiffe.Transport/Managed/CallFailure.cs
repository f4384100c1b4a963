using Grpc.Core;

namespace Spiffe.Transport;

/// <summary>Says in SPIFFE's terms why a call did not succeed (Workload Endpoint, section 6 and appendix A).</summary>
internal static class CallFailure
{
    // What Grpc.Net.Client itself says of an answer that it cannot read; it gives these cases no status of their own.
    private const string NotGrpc = "Bad gRPC response";
    private const string TooLarge = "Received message exceeds";

    // How grpc-go says of a request what Grpc.Net says in the words above, in whichever of the two the server is written.
    private const string RequestTooLarge = "received message larger than max";

    // What a peer does wrong that breaks HTTP/2 itself (RFC 9113, section 7); the other codes end what was good until then.
    private const long ProtocolError = 0x1;
    private const long FlowControlError = 0x3;
    private const long FrameSizeError = 0x6;
    private const long CompressionError = 0x9;

    // What SocketsHttpHandler says of a peer that does not answer its pings: it has no code of its own for that.
    private const string UnansweredPing = nameof(SocketsHttpHandler.KeepAlivePingDelay);

    public static SpiffeException Explain(RpcException exception, EndpointConnector connector)
    {
        WorkloadApiEndpoint endpoint = connector.Endpoint;
        if (Find<SpiffeException>(exception.Status.DebugException) is { } cause)
        {
            return new SpiffeException(cause.Reason, cause.Message, exception);
        }

        bool isOfServer = ServerStatusMark.IsOn(exception);
        string words = Quoted.Text(exception.Status.Detail);
        (SpiffeErrorReason reason, string message) = exception.StatusCode switch
        {
            _ when !isOfServer && Says(exception, NotGrpc) =>
                (SpiffeErrorReason.ResponseInvalid, $"What listens at {endpoint} does not speak gRPC: {words}"),
            StatusCode.ResourceExhausted when !isOfServer && Says(exception, TooLarge) =>
                (SpiffeErrorReason.ResponseInvalid,
                $"The answer of the agent at {endpoint} is larger than {ManagedChannel.MaxMessageSize} bytes"),
            _ when exception.Status.DebugException is HttpRequestException or IOException =>
                ExplainTransport(exception.Status.DebugException, connector),
            StatusCode.ResourceExhausted when Says(exception, TooLarge) || Says(exception, RequestTooLarge) =>
                (SpiffeErrorReason.RequestRejected, $"The request is too large for the agent at {endpoint}: {words}"),
            StatusCode.PermissionDenied or StatusCode.Unauthenticated =>
                (SpiffeErrorReason.NoIdentityIssued, $"The agent at {endpoint} issued no identity to this process: {words}"),
            StatusCode.InvalidArgument =>
                (SpiffeErrorReason.RequestRejected, $"The agent at {endpoint} rejected the request: {words}"),
            StatusCode.Unimplemented =>
                (SpiffeErrorReason.ProfileNotSupported, $"The agent at {endpoint} does not support this call: {words}"),
            StatusCode.ResourceExhausted =>
                (SpiffeErrorReason.RateLimited, $"The agent at {endpoint} limits the rate of requests: {words}"),
            StatusCode.Unavailable when exception.Status.Detail.Contains("rate limit", StringComparison.OrdinalIgnoreCase) =>
                (SpiffeErrorReason.RateLimited, $"The agent at {endpoint} limits the rate of requests: {words}"),
            StatusCode.DeadlineExceeded =>
                (SpiffeErrorReason.Timeout, $"The agent at {endpoint} did not answer in time: {words}"),
            StatusCode.Unavailable =>
                (SpiffeErrorReason.AgentUnavailable, $"The agent at {endpoint} is not available: {words}"),
            StatusCode code =>
                (SpiffeErrorReason.AgentUnavailable, $"The agent at {endpoint} answered {code}: {words}"),
        };
        return new SpiffeException(reason, message + ".", exception);
    }

    /// <summary>Tells a peer that does not speak HTTP/2, or speaks it wrong, from a connection that ended.</summary>
    private static (SpiffeErrorReason Reason, string Message) ExplainTransport(
        Exception exception, EndpointConnector connector)
    {
        if (connector.IsForeign)
        {
            return (SpiffeErrorReason.ResponseInvalid, $"What listens at {connector.Endpoint} does not speak gRPC");
        }

        string words = exception.GetBaseException().Message.TrimEnd('.');
        if (words.Contains(UnansweredPing, StringComparison.Ordinal))
        {
            return (SpiffeErrorReason.EndpointUnreachable, $"The agent at {connector.Endpoint} has stopped responding");
        }

        return Find<HttpProtocolException>(exception) is { ErrorCode: ProtocolError or FlowControlError or FrameSizeError or CompressionError }
            ? (SpiffeErrorReason.ResponseInvalid, $"The answer from {connector.Endpoint} is not valid: {words}")
            : (SpiffeErrorReason.EndpointUnreachable, $"The connection to {connector.Endpoint} ended without an answer: {words}");
    }

    private static bool Says(RpcException exception, string words) =>
        exception.Status.Detail.Contains(words, StringComparison.Ordinal);

    /// <summary>The outermost cause of that type, at any depth.</summary>
    private static T? Find<T>(Exception? exception)
        where T : Exception
    {
        while (exception is not null and not T)
        {
            exception = exception.InnerException;
        }

        return exception as T;
    }
}
