using System.Net.Sockets;
using System.Runtime.InteropServices;
using System.Runtime.Versioning;

namespace Spiffe.DevAgent;

/// <summary>The process that connected to a Unix socket, on Linux (unix(7)).</summary>
[SupportedOSPlatform("linux")]
internal static class LinuxPeer
{
    // SO_PEERCRED gives struct ucred { pid_t pid; uid_t uid; gid_t gid; }, three 32-bit numbers.
    private const int SocketLevel = 1;
    private const int PeerCredentials = 17;

    public static UnixFacts? Read(Socket socket)
    {
        Span<uint> credentials = stackalloc uint[3];
        socket.GetRawSocketOption(SocketLevel, PeerCredentials, MemoryMarshal.AsBytes(credentials));
        return LinuxProcess.ReadFacts((int)credentials[0], credentials[1], credentials[2]);
    }
}
