using Grpc.Core;

namespace Spiffe.Transport;

/// <summary>A call whose answer is messages, one after the other. Disposing it ends it on the server too.</summary>
internal interface IAgentCall : IDisposable
{
    /// <summary>The next message's bytes; null where the server has ended the call without an error.</summary>
    /// <exception cref="RpcException">The call did not succeed, or was cancelled.</exception>
    ValueTask<byte[]?> NextAsync();
}
