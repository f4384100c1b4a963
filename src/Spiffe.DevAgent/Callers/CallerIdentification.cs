using System.Globalization;
using System.Net.Sockets;
using System.Runtime.InteropServices;
using Grpc.Core;

namespace Spiffe.DevAgent;

/// <summary>Asks the kernel who called, without the caller's help.</summary>
internal static class CallerIdentification
{
    // Linux: SO_PEERCRED gives struct ucred { pid_t pid; uid_t uid; gid_t gid; }, three 32-bit numbers (unix(7)).
    private const int SocketLevel = 1;
    private const int PeerCredentials = 17;

    /// <exception cref="RpcException">Unavailable: the caller cannot be identified on this platform or connection.</exception>
    public static Caller Identify(Socket? socket)
    {
        if (!OperatingSystem.IsLinux() || socket is not { AddressFamily: AddressFamily.Unix })
        {
            throw new RpcException(new Status(StatusCode.Unavailable, "workload attestation failed"));
        }

        Span<uint> credentials = stackalloc uint[3];
        socket.GetRawSocketOption(SocketLevel, PeerCredentials, MemoryMarshal.AsBytes(credentials));
        return new Caller((int)credentials[0], credentials[1], credentials[2], FindUserName(credentials[1]));
    }

    private static string FindUserName(uint userId)
    {
        string number = userId.ToString(CultureInfo.InvariantCulture);

        try
        {
            // passwd(5): name:password:UID:GID:…
            return File.ReadLines("/etc/passwd")
                .Select(line => line.Split(':'))
                .FirstOrDefault(fields => fields.Length > 3 && fields[2] == number)?[0] ?? number;
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException)
        {
            return number;
        }
    }
}
