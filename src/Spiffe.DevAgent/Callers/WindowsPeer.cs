using System.IO.Pipes;
using System.Runtime.InteropServices;
using System.Runtime.Versioning;
using Microsoft.Win32.SafeHandles;

namespace Spiffe.DevAgent;

/// <summary>The process that connected to a named pipe, on Windows.</summary>
[SupportedOSPlatform("windows")]
internal static partial class WindowsPeer
{
    /// <summary>The process; null where it is gone, or its token may not be read.</summary>
    public static WindowsFacts? Read(NamedPipeServerStream pipe)
    {
        if (!GetNamedPipeClientProcessId(pipe.SafePipeHandle, out uint processId))
        {
            return null;
        }

        // While the handle is open the number stays with its process; and as the client still holds its end of the pipe
        // afterwards, the number was not given to another one before.
        using SafeProcessHandle? process = WindowsProcess.Open((int)processId);
        return process is not null &&
            IsConnected(pipe.SafePipeHandle) &&
            WindowsProcess.ReadStartTime(process) is { } startTime &&
            WindowsToken.Read(process) is var (userSid, userName, groups)
                ? new WindowsFacts(
                    (int)processId, startTime, userSid, userName, groups, WindowsProcess.ReadProgramPath(process))
                : null;
    }

    private static bool IsConnected(SafePipeHandle pipe) => PeekNamedPipe(pipe, 0, 0, 0, 0, 0);

    [LibraryImport("kernel32", SetLastError = true)]
    [return: MarshalAs(UnmanagedType.Bool)]
    private static partial bool GetNamedPipeClientProcessId(SafePipeHandle pipe, out uint processId);

    [LibraryImport("kernel32", SetLastError = true)]
    [return: MarshalAs(UnmanagedType.Bool)]
    private static partial bool PeekNamedPipe(
        SafePipeHandle pipe, nint buffer, uint size, nint bytesRead, nint bytesAvailable, nint bytesLeft);
}
