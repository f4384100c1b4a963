using System.Net.Sockets;
using System.Runtime.InteropServices;
using System.Runtime.Versioning;

namespace Spiffe.DevAgent;

/// <summary>Asks the kernel who called, without the caller's help. Here other operating systems find their place.</summary>
internal static class CallerIdentification
{
    // Linux: SO_PEERCRED gives struct ucred { pid_t pid; uid_t uid; gid_t gid; }, three 32-bit numbers (unix(7)).
    private const int SocketLevel = 1;
    private const int PeerCredentials = 17;

    /// <summary>The process that opened the connection; null where that cannot be known.</summary>
    public static Caller? Identify(Socket? socket) =>
        OperatingSystem.IsLinux() && socket is { AddressFamily: AddressFamily.Unix } ? IdentifyOnLinux(socket) : null;

    /// <summary>Whether the process still runs: its number may belong to another one by now.</summary>
    public static bool IsStillThere(Caller caller) =>
        OperatingSystem.IsLinux() && LinuxProcess.ReadStartTime(caller.ProcessId) == caller.StartTime;

    [SupportedOSPlatform("linux")]
    private static Caller? IdentifyOnLinux(Socket socket)
    {
        Span<uint> credentials = stackalloc uint[3];
        socket.GetRawSocketOption(SocketLevel, PeerCredentials, MemoryMarshal.AsBytes(credentials));
        (int processId, uint userId, uint groupId) = ((int)credentials[0], credentials[1], credentials[2]);
        if (LinuxProcess.ReadStartTime(processId) is not { } startTime)
        {
            return null;
        }

        string userName = AccountNames.FindUser(userId);
        HashSet<string> selectors =
        [
            $"{Selector.UserId}{userId}",
            $"{Selector.UserName}{userName}",
            $"{Selector.GroupId}{groupId}",
            $"{Selector.GroupName}{AccountNames.FindGroup(groupId)}",
        ];
        foreach (uint supplementary in LinuxProcess.ReadSupplementaryGroups(processId))
        {
            selectors.Add($"{Selector.SupplementaryGroupId}{supplementary}");
            selectors.Add($"{Selector.SupplementaryGroupName}{AccountNames.FindGroup(supplementary)}");
        }

        if (LinuxProcess.ReadProgramPath(processId) is { } path)
        {
            selectors.Add(Selector.ProgramPath + path);
        }

        return new Caller(processId, userId, groupId, userName)
        {
            StartTime = startTime,
            Selectors = selectors,
            ProgramHash = new Lazy<string?>(() => LinuxProcess.HashProgram(processId)),
        };
    }
}
