namespace Spiffe.Transport;

/// <summary>A way to one agent.</summary>
internal interface IAgentChannel
{
    /// <summary>Starts a call. Whatever is in the way is told by the call's first message.</summary>
    /// <param name="method">The method's full name without the first slash: <c>service/method</c>.</param>
    /// <param name="request">The one message of the request.</param>
    /// <param name="cancellationToken">Ends the call, also while a message is awaited.</param>
    IAgentCall Open(string method, byte[] request, CancellationToken cancellationToken);
}
