using System.Net.Sockets;
using System.Text;

namespace Spiffe.Helper;

/// <summary>Tells the service manager how a service of the type notify stands (sd_notify(3)).</summary>
internal static class ServiceManager
{
    /// <summary>The files are there and the program runs.</summary>
    public const string Ready = "READY=1";

    public const string Stopping = "STOPPING=1";

    private const string Variable = "NOTIFY_SOCKET";

    /// <summary>Does nothing where no service manager wants to know.</summary>
    /// <returns>Null, or why it was not told.</returns>
    public static SpiffeException? Tell(string state)
    {
        if (Environment.GetEnvironmentVariable(Variable) is not { Length: > 1 } address || OperatingSystem.IsWindows())
        {
            return null;
        }

        try
        {
            // An abstract name begins with a zero byte, which the variable writes as @.
            UnixDomainSocketEndPoint target = new(address[0] == '@' ? "\0" + address[1..] : address);
            using Socket socket = new(AddressFamily.Unix, SocketType.Dgram, ProtocolType.Unspecified);
            socket.SendTo(Encoding.UTF8.GetBytes(state), target);
            return null;
        }
        catch (Exception exception) when (exception is SocketException or ArgumentException)
        {
            return new SpiffeException(
                SpiffeErrorReason.CommandFailed, $"The service manager at {Quoted.Text(address)} could not be notified: {exception.Message}", exception);
        }
    }
}
