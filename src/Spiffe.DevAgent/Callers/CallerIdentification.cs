using System.IO.Pipes;
using System.Net;
using System.Net.Sockets;
using System.Runtime.Versioning;

namespace Spiffe.DevAgent;

/// <summary>Asks the kernel who called, without the caller's help. Each operating system supplies its facts here.</summary>
internal static class CallerIdentification
{
    /// <summary>The process that connected to a Unix socket; null where that cannot be known.</summary>
    public static Caller? Identify(Socket? socket) => socket switch
    {
        null or not { AddressFamily: AddressFamily.Unix } => null,
        _ when OperatingSystem.IsLinux() => ToCaller(LinuxPeer.Read(socket)),
        _ when OperatingSystem.IsMacOS() => ToCaller(MacPeer.Read(socket)),
        _ => null,
    };

    /// <summary>The process that connected over TCP from this machine; null where that cannot be known.</summary>
    public static async Task<Caller?> IdentifyAsync(EndPoint? client, EndPoint? agent, CancellationToken cancellationToken) =>
        OperatingSystem.IsLinux() && client is IPEndPoint clientAddress && agent is IPEndPoint agentAddress
            ? ToCaller(await LinuxTcpCaller.FindAsync(clientAddress, agentAddress, cancellationToken))
            : null;

    /// <summary>The process that connected to a named pipe; null where that cannot be known.</summary>
    [SupportedOSPlatform("windows")]
    public static Caller? Identify(NamedPipeServerStream? pipe) =>
        pipe is not null && WindowsPeer.Read(pipe) is { } facts
            ? facts.ToCaller(() => ProgramFile.Hash(facts.ProgramPath))
            : null;

    /// <summary>Whether the process still runs: its number may belong to another one by now.</summary>
    public static bool IsStillThere(Caller caller) =>
        caller.StartTime is not null && ReadStartTime(caller.ProcessId) == caller.StartTime;

    private static string? ReadStartTime(int processId) => processId switch
    {
        _ when OperatingSystem.IsLinux() => LinuxProcess.ReadStartTime(processId),
        _ when OperatingSystem.IsMacOS() => MacProcess.ReadStartTime(processId),
        _ when OperatingSystem.IsWindows() => WindowsProcess.ReadStartTime(processId),
        _ => null,
    };

    [UnsupportedOSPlatform("windows")]
    private static Caller? ToCaller(UnixFacts? facts) => facts?.ToCaller(
        AccountNames.FindUser,
        AccountNames.FindGroup,
        () => ProgramFile.Hash(OperatingSystem.IsLinux() ? LinuxProcess.ProgramLink(facts.ProcessId) : facts.ProgramPath));
}
