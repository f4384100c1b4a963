using System.Globalization;
using System.Runtime.InteropServices;
using System.Runtime.Versioning;
using System.Text;

namespace Spiffe.DevAgent;

/// <summary>What macOS says of a process (libproc.h, sys/proc_info.h); null where it is gone or may not be examined.</summary>
[SupportedOSPlatform("macos")]
internal static partial class MacProcess
{
    // PROC_PIDTBSDINFO gives struct proc_bsdinfo, whose last two members are the seconds and microseconds of the start.
    private const int BsdInfo = 3;
    private const int BsdInfoSize = 136;
    private const int StartSecondsOffset = 120;
    private const int StartMicrosecondsOffset = 128;

    // PROC_PIDPATHINFO_MAXSIZE
    private const int MaxPathSize = 4096;

    public static string? ReadStartTime(int processId)
    {
        byte[] info = new byte[BsdInfoSize];
        return GetInfo(processId, BsdInfo, argument: 0, info, info.Length) == info.Length
            ? string.Create(
                CultureInfo.InvariantCulture,
                $"{BitConverter.ToUInt64(info, StartSecondsOffset)}.{BitConverter.ToUInt64(info, StartMicrosecondsOffset):000000}")
            : null;
    }

    public static string? ReadProgramPath(int processId)
    {
        byte[] path = new byte[MaxPathSize];
        int length = GetPath(processId, path, (uint)path.Length);
        return length > 0 ? Encoding.UTF8.GetString(path, 0, length) : null;
    }

    [LibraryImport("libproc", EntryPoint = "proc_pidinfo")]
    private static partial int GetInfo(int processId, int kind, ulong argument, [Out] byte[] buffer, int size);

    [LibraryImport("libproc", EntryPoint = "proc_pidpath")]
    private static partial int GetPath(int processId, [Out] byte[] buffer, uint size);
}
