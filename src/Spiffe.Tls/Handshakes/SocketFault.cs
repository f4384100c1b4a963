using System.Net;
using System.Net.Sockets;

namespace Spiffe.Tls;

/// <summary>Says why there is no connection.</summary>
internal static class SocketFault
{
    /// <summary>The system's words, but for a Unix socket that is not there: of that it says that the address cannot be assigned.</summary>
    public static string Describe(SocketException exception, EndPoint target) =>
        target is UnixDomainSocketEndPoint && !File.Exists(target.ToString()) ? "there is no such socket" : exception.Message.TrimEnd('.');
}
