using System.Buffers.Binary;
using System.Net.Sockets;
using System.Runtime.Versioning;

namespace Spiffe.DevAgent;

/// <summary>The process that connected to a Unix socket, on macOS (unix(4)).</summary>
[SupportedOSPlatform("macos")]
internal static class MacPeer
{
    private const int LocalLevel = 0;
    private const int PeerCredentials = 1;
    private const int PeerProcessId = 2;

    public static UnixFacts? Read(Socket socket)
    {
        try
        {
            return ReadConnected(socket);
        }
        catch (SocketException)
        {
            // The other end has closed already: macOS then no longer knows the peer.
            return null;
        }
    }

    private static UnixFacts? ReadConnected(Socket socket)
    {
        Span<byte> bytes = stackalloc byte[MacCredentials.Size];
        Span<byte> processId = stackalloc byte[sizeof(int)];
        int length = socket.GetRawSocketOption(LocalLevel, PeerCredentials, bytes);
        socket.GetRawSocketOption(LocalLevel, PeerProcessId, processId);
        int id = BinaryPrimitives.ReadInt32LittleEndian(processId);
        return MacCredentials.Read(bytes[..length]) is { } credentials && MacProcess.ReadStartTime(id) is { } startTime
            ? new UnixFacts(
                id,
                startTime,
                credentials.UserId,
                credentials.GroupIds[0],
                [.. credentials.GroupIds.Skip(1)],
                MacProcess.ReadProgramPath(id))
            : null;
    }
}
