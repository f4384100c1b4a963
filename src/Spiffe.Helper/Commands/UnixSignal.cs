using System.Runtime.InteropServices;
using System.Runtime.Versioning;

namespace Spiffe.Helper;

/// <summary>Sends signals.</summary>
[UnsupportedOSPlatform("windows")]
internal static partial class UnixSignal
{
    /// <summary>False where there is no such process.</summary>
    /// <exception cref="SpiffeException"><see cref="SpiffeErrorReason.CommandFailed"/>: it may not be signalled by this account.</exception>
    public static bool TrySend(int processId, int signal)
    {
        // Below 1 are groups of processes.
        ArgumentOutOfRangeException.ThrowIfLessThan(processId, 1);
        const int NoSuchProcess = 3;
        return Kill(processId, signal) == 0 ||
            (Marshal.GetLastPInvokeError() == NoSuchProcess
                ? false
                : throw new SpiffeException(
                    SpiffeErrorReason.CommandFailed,
                    $"The process {processId} cannot be signalled: {Marshal.GetLastPInvokeErrorMessage()}"));
    }

    [LibraryImport("libc", EntryPoint = "kill", SetLastError = true)]
    private static partial int Kill(int processId, int signal);
}
