using Google.Protobuf;
using Grpc.Core;

namespace Spiffe.WorkloadApi;

/// <summary>Says in SPIFFE's terms why a call did not succeed.</summary>
internal static class RpcFailure
{
    /// <summary>Whether an exception is one that <see cref="Explain"/> knows.</summary>
    public static bool Is(Exception exception) => exception is RpcException or InvalidProtocolBufferException;

    public static SpiffeException Explain(Exception exception, WorkloadApiEndpoint endpoint) => exception switch
    {
        RpcException { Status.DebugException: SpiffeException cause } =>
            new SpiffeException(cause.Reason, cause.Message, exception),
        RpcException rpc => new SpiffeException(
            SpiffeErrorReason.AgentUnavailable,
            $"The agent at {endpoint} answered {rpc.StatusCode}: {Quoted.Text(rpc.Status.Detail)}.",
            exception),
        _ => new SpiffeException(
            SpiffeErrorReason.ResponseInvalid,
            $"An answer of the agent at {endpoint} is not the message that the Workload API has for it.",
            exception),
    };
}
