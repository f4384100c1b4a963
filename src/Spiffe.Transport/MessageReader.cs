using Grpc.Core;

namespace Spiffe.Transport;

/// <summary>Reads a call's messages.</summary>
internal sealed class MessageReader<T> : IAsyncStreamReader<T>
    where T : class
{
    private readonly IAgentCall _call;
    private readonly Marshaller<T> _marshaller;
    private T? _current;

    public MessageReader(IAgentCall call, Marshaller<T> marshaller)
    {
        _call = call;
        _marshaller = marshaller;
    }

    public T Current => _current ?? throw new InvalidOperationException("No message has been read.");

    /// <param name="cancellationToken">Not heeded: the token that the call was opened with ends it, and with it the wait.</param>
    public async Task<bool> MoveNext(CancellationToken cancellationToken)
    {
        byte[]? message = await _call.NextAsync().ConfigureAwait(false);
        _current = message is null ? null : _marshaller.ContextualDeserializer(new ResponseBytes(message));
        return _current is not null;
    }
}
