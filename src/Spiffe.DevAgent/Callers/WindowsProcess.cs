using System.Globalization;
using System.Runtime.InteropServices;
using System.Runtime.Versioning;
using Microsoft.Win32.SafeHandles;

namespace Spiffe.DevAgent;

/// <summary>What Windows says of a process; null where it is gone or may not be examined.</summary>
[SupportedOSPlatform("windows")]
internal static partial class WindowsProcess
{
    private const uint QueryLimitedInformation = 0x1000;

    // The longest path that Windows has, in characters.
    private const int MaxPathLength = 32_768;

    /// <summary>A handle keeps the number from being given to another process.</summary>
    public static SafeProcessHandle? Open(int processId)
    {
        SafeProcessHandle handle = OpenProcess(QueryLimitedInformation, inheritHandle: false, (uint)processId);
        if (!handle.IsInvalid)
        {
            return handle;
        }

        handle.Dispose();
        return null;
    }

    public static string? ReadStartTime(int processId)
    {
        using SafeProcessHandle? process = Open(processId);
        return process is null || HasEnded(process) ? null : ReadStartTime(process);
    }

    public static string? ReadStartTime(SafeProcessHandle process) =>
        GetProcessTimes(process, out long start, out _, out _, out _)
            ? start.ToString(CultureInfo.InvariantCulture)
            : null;

    public static string? ReadProgramPath(SafeProcessHandle process)
    {
        ushort[] path = new ushort[MaxPathLength];
        uint length = MaxPathLength;
        return QueryFullProcessImageName(process, flags: 0, path, ref length)
            ? new string(MemoryMarshal.Cast<ushort, char>(path.AsSpan(0, (int)length)))
            : null;
    }

    private static bool HasEnded(SafeProcessHandle process) =>
        GetProcessTimes(process, out _, out long end, out _, out _) && end != 0;

    [LibraryImport("kernel32", SetLastError = true)]
    private static partial SafeProcessHandle OpenProcess(
        uint access, [MarshalAs(UnmanagedType.Bool)] bool inheritHandle, uint processId);

    [LibraryImport("kernel32", SetLastError = true)]
    [return: MarshalAs(UnmanagedType.Bool)]
    private static partial bool GetProcessTimes(
        SafeProcessHandle process, out long creation, out long exit, out long kernel, out long user);

    [LibraryImport("kernel32", EntryPoint = "QueryFullProcessImageNameW", SetLastError = true)]
    [return: MarshalAs(UnmanagedType.Bool)]
    private static partial bool QueryFullProcessImageName(
        SafeProcessHandle process, uint flags, [Out] ushort[] path, ref uint length);
}
