using Grpc.Core;

namespace Spiffe.Transport;

/// <summary>A call of Grpc.Net.</summary>
internal sealed class ManagedCall : IAgentCall
{
    private readonly EndpointConnector _connector;
    private readonly AsyncServerStreamingCall<byte[]> _call;

    public ManagedCall(EndpointConnector connector, AsyncServerStreamingCall<byte[]> call)
    {
        _connector = connector;
        _call = call;
    }

    public async ValueTask<byte[]?> NextAsync()
    {
        try
        {
            return await _call.ResponseStream.MoveNext(CancellationToken.None).ConfigureAwait(false)
                ? _call.ResponseStream.Current
                : null;
        }
        catch (RpcException exception)
        {
            Status status = exception.Status;
            throw new RpcException(new Status(status.StatusCode, status.Detail, CallFailure.Explain(exception, _connector)));
        }
    }

    public void Dispose() => _call.Dispose();
}
