using System.Text;

namespace Spiffe.Transport;

/// <summary>The way to one agent through the library.</summary>
internal sealed class NativeChannel : IAgentChannel
{
    private readonly ChannelHandle _channel;

    public NativeChannel(WorkloadApiEndpoint endpoint)
    {
        byte[] text = Encoding.UTF8.GetBytes(endpoint.ToString());
        _channel = NativeMethods.OpenChannel(text, text.Length);
        if (_channel.IsInvalid)
        {
            throw new InvalidOperationException($"The library {NativeLibraryFile.Name} opens no channel to {endpoint}.");
        }
    }

    public IAgentCall Open(string method, byte[] request, CancellationToken cancellationToken)
    {
        byte[] name = Encoding.UTF8.GetBytes(method);
        CallHandle call = NativeMethods.OpenCall(_channel, name, name.Length, request, request.Length);
        return call.IsInvalid
            ? throw new InvalidOperationException($"The library {NativeLibraryFile.Name} opens no call of {method}.")
            : new NativeCall(call, cancellationToken);
    }
}
