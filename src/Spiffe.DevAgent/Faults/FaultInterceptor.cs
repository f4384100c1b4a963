using Grpc.Core;
using Grpc.Core.Interceptors;

namespace Spiffe.DevAgent;

/// <summary>Commits faults on calls of the Workload API, before they are answered.</summary>
internal sealed class FaultInterceptor : Interceptor
{
    private readonly FaultSwitch _faults;
    private readonly CancellationToken _stopping;

    public FaultInterceptor(FaultSwitch faults, IHostApplicationLifetime lifetime)
    {
        _faults = faults;
        _stopping = lifetime.ApplicationStopping;
    }

    public override async Task<TResponse> UnaryServerHandler<TRequest, TResponse>(
        TRequest request, ServerCallContext context, UnaryServerMethod<TRequest, TResponse> continuation)
    {
        await CommitAsync(context);
        return await continuation(request, context);
    }

    public override async Task ServerStreamingServerHandler<TRequest, TResponse>(
        TRequest request,
        IServerStreamWriter<TResponse> responseStream,
        ServerCallContext context,
        ServerStreamingServerMethod<TRequest, TResponse> continuation)
    {
        await CommitAsync(context);
        await continuation(request, responseStream, context);
    }

    private async Task CommitAsync(ServerCallContext context)
    {
        if (!WorkloadApiService.Has(context.Method))
        {
            return;
        }

        using CancellationTokenSource source =
            CancellationTokenSource.CreateLinkedTokenSource(context.CancellationToken, _stopping);
        try
        {
            await _faults.CommitAsync(context, source.Token);
        }
        catch (OperationCanceledException) when (source.IsCancellationRequested)
        {
            throw new RpcException(new Status(StatusCode.Unavailable, "the agent is stopping, or the client has left"));
        }
    }
}
