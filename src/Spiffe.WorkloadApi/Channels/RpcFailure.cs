using Grpc.Core;

namespace Spiffe.WorkloadApi;

/// <summary>Says in SPIFFE's terms why a call did not succeed (Workload Endpoint, section 6 and appendix A).</summary>
internal static class RpcFailure
{
    // What Grpc.Net.Client itself says of an answer that it cannot read; it gives these cases no status of their own.
    private const string NotGrpc = "Bad gRPC response";
    private const string TooLarge = "Received message exceeds";

    public static SpiffeException Explain(RpcException exception, WorkloadApiEndpoint endpoint)
    {
        if (FindConnectFailure(exception) is { } cause)
        {
            return new SpiffeException(cause.Reason, cause.Message, exception);
        }

        string words = Quoted.Text(exception.Status.Detail);
        (SpiffeErrorReason reason, string message) = exception.StatusCode switch
        {
            _ when exception.Status.Detail.StartsWith(NotGrpc, StringComparison.Ordinal) =>
                (SpiffeErrorReason.ResponseInvalid, $"What listens at {endpoint} does not speak gRPC: {words}"),
            StatusCode.ResourceExhausted when exception.Status.Detail.StartsWith(TooLarge, StringComparison.Ordinal) =>
                (SpiffeErrorReason.ResponseInvalid,
                $"The answer of the agent at {endpoint} is larger than {WorkloadApiChannel.MaxMessageSize} bytes"),
            _ when exception.Status.DebugException is HttpRequestException or IOException =>
                ExplainTransport(exception.Status.DebugException, endpoint),
            StatusCode.PermissionDenied or StatusCode.Unauthenticated =>
                (SpiffeErrorReason.NoIdentityIssued, $"The agent at {endpoint} issued no identity to this process: {words}"),
            StatusCode.InvalidArgument =>
                (SpiffeErrorReason.RequestRejected, $"The agent at {endpoint} rejected the request: {words}"),
            StatusCode.Unimplemented =>
                (SpiffeErrorReason.ProfileNotSupported, $"The agent at {endpoint} does not support this call: {words}"),
            StatusCode.ResourceExhausted =>
                (SpiffeErrorReason.RateLimited, $"The agent at {endpoint} limits how often it is asked: {words}"),
            StatusCode.Unavailable when exception.Status.Detail.Contains("rate limit", StringComparison.OrdinalIgnoreCase) =>
                (SpiffeErrorReason.RateLimited, $"The agent at {endpoint} limits how often it is asked: {words}"),
            StatusCode.DeadlineExceeded =>
                (SpiffeErrorReason.Timeout, $"The agent at {endpoint} did not answer in time: {words}"),
            StatusCode.Unavailable =>
                (SpiffeErrorReason.AgentUnavailable, $"The agent at {endpoint} is not available: {words}"),
            StatusCode code =>
                (SpiffeErrorReason.AgentUnavailable, $"The agent at {endpoint} answered {code}: {words}"),
        };
        return new SpiffeException(reason, message + ".", exception);
    }

    /// <summary>Tells bytes that are no HTTP/2 from a connection that ended.</summary>
    private static (SpiffeErrorReason Reason, string Message) ExplainTransport(
        Exception exception, WorkloadApiEndpoint endpoint) => exception.GetBaseException() switch
        {
            HttpIOException { HttpRequestError: HttpRequestError.HttpProtocolError or HttpRequestError.InvalidResponse } =>
                (SpiffeErrorReason.ResponseInvalid, $"What listens at {endpoint} does not speak gRPC"),
            Exception innermost =>
                (SpiffeErrorReason.EndpointUnreachable,
                $"The connection to {endpoint} ended without an answer: {innermost.Message.TrimEnd('.')}"),
        };

    private static SpiffeException? FindConnectFailure(RpcException exception)
    {
        Exception? cause = exception.Status.DebugException;
        while (cause is not null and not SpiffeException)
        {
            cause = cause.InnerException;
        }

        return cause as SpiffeException;
    }
}
