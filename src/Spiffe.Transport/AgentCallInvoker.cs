using Grpc.Core;

namespace Spiffe.Transport;

/// <summary>What generated clients call through, over either way: turns messages into bytes and back.</summary>
/// <remarks>The Workload API has calls with one request only. To the wire, one answer is a stream of one message.</remarks>
internal sealed class AgentCallInvoker : CallInvoker
{
    private readonly IAgentChannel _channel;

    public AgentCallInvoker(IAgentChannel channel) => _channel = channel;

    public override TResponse BlockingUnaryCall<TRequest, TResponse>(
        Method<TRequest, TResponse> method, string? host, CallOptions options, TRequest request)
    {
        using IAgentCall call = Open(method, options, request);
        return ReadOnlyMessageAsync(call, method).GetAwaiter().GetResult();
    }

    public override AsyncUnaryCall<TResponse> AsyncUnaryCall<TRequest, TResponse>(
        Method<TRequest, TResponse> method, string? host, CallOptions options, TRequest request)
    {
        IAgentCall call = Open(method, options, request);
        return new AsyncUnaryCall<TResponse>(
            ReadOnlyMessageAsync(call, method), NoMetadataAsync(), () => Status.DefaultSuccess, () => [], call.Dispose);
    }

    public override AsyncServerStreamingCall<TResponse> AsyncServerStreamingCall<TRequest, TResponse>(
        Method<TRequest, TResponse> method, string? host, CallOptions options, TRequest request)
    {
        IAgentCall call = Open(method, options, request);
        return new AsyncServerStreamingCall<TResponse>(
            new MessageReader<TResponse>(call, method.ResponseMarshaller),
            NoMetadataAsync(),
            () => Status.DefaultSuccess,
            () => [],
            call.Dispose);
    }

    public override AsyncClientStreamingCall<TRequest, TResponse> AsyncClientStreamingCall<TRequest, TResponse>(
        Method<TRequest, TResponse> method, string? host, CallOptions options) => throw new NotSupportedException();

    public override AsyncDuplexStreamingCall<TRequest, TResponse> AsyncDuplexStreamingCall<TRequest, TResponse>(
        Method<TRequest, TResponse> method, string? host, CallOptions options) => throw new NotSupportedException();

    private IAgentCall Open<TRequest, TResponse>(Method<TRequest, TResponse> method, CallOptions options, TRequest request)
    {
        RequestBytes bytes = new();
        method.RequestMarshaller.ContextualSerializer(request, bytes);
        return _channel.Open($"{method.ServiceName}/{method.Name}", bytes.ToArray(), options.CancellationToken);
    }

    private static async Task<TResponse> ReadOnlyMessageAsync<TRequest, TResponse>(
        IAgentCall call, Method<TRequest, TResponse> method)
    {
        byte[] message = await call.SingleAsync().ConfigureAwait(false);
        return method.ResponseMarshaller.ContextualDeserializer(new ResponseBytes(message));
    }

    private static Task<Metadata> NoMetadataAsync() => Task.FromResult(Metadata.Empty);
}
