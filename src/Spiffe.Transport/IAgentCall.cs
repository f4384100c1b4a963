using Grpc.Core;

namespace Spiffe.Transport;

/// <summary>A call whose answer is messages, one after the other. Disposing it ends it on the server too.</summary>
internal interface IAgentCall : IDisposable
{
    /// <summary>The next message's bytes; null where the server has ended the call without an error.</summary>
    /// <exception cref="RpcException">The call did not succeed, or was cancelled.</exception>
    ValueTask<byte[]?> NextAsync();

    /// <summary>The bytes of the only message, once the server has ended the call after it.</summary>
    /// <exception cref="RpcException">The call did not succeed, was cancelled, or has another number of messages.</exception>
    async ValueTask<byte[]> SingleAsync()
    {
        byte[]? message = await NextAsync().ConfigureAwait(false);
        return message is not null && await NextAsync().ConfigureAwait(false) is null
            ? message
            : throw new RpcException(new Status(
                StatusCode.Internal,
                "The answer is not one message.",
                new SpiffeException(SpiffeErrorReason.ResponseInvalid, "The answer of the agent is not one message.")));
    }
}
