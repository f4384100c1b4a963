using Grpc.Core;
using Grpc.Core.Interceptors;

namespace Spiffe.DevAgent;

/// <summary>Refuses every request of the Workload API without the security header (Workload Endpoint, section 3).</summary>
/// <remarks>Reflection and health reveal no secrets, and the tools that use them do not send the header.</remarks>
internal sealed class SecurityHeaderInterceptor : Interceptor
{
    private const string Name = "workload.spiffe.io";
    private const string Value = "true";

    public override Task<TResponse> UnaryServerHandler<TRequest, TResponse>(
        TRequest request, ServerCallContext context, UnaryServerMethod<TRequest, TResponse> continuation)
    {
        Require(context);
        return continuation(request, context);
    }

    public override Task ServerStreamingServerHandler<TRequest, TResponse>(
        TRequest request,
        IServerStreamWriter<TResponse> responseStream,
        ServerCallContext context,
        ServerStreamingServerMethod<TRequest, TResponse> continuation)
    {
        Require(context);
        return continuation(request, responseStream, context);
    }

    private static void Require(ServerCallContext context)
    {
        if (!WorkloadApiService.Has(context.Method))
        {
            return;
        }

        string[] values = [.. context.RequestHeaders.GetAll(Name).Select(header => header.Value)];
        if (values is not [Value])
        {
            throw new RpcException(new Status(StatusCode.InvalidArgument, "security header missing from request"));
        }
    }
}
