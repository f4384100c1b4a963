using System.Runtime.InteropServices;
using System.Runtime.Versioning;
using Microsoft.Win32.SafeHandles;

namespace Spiffe.DevAgent;

/// <summary>Lets one agent at a time change which socket has a name in a folder. It leaves nothing behind.</summary>
/// <remarks>The lock is flock(2) on the folder itself, and ends with the process that has it.</remarks>
internal sealed partial class FolderLock : IDisposable
{
    private const int ReadOnly = 0;
    private const int ExclusiveWithoutWaiting = 2 | 4;

    private static readonly TimeSpan s_patience = TimeSpan.FromSeconds(10);
    private static readonly TimeSpan s_pause = TimeSpan.FromMilliseconds(5);

    private readonly SafeFileHandle _folder;

    private FolderLock(SafeFileHandle folder) => _folder = folder;

    // fcntl.h and errno.h, which differ between Linux and macOS.
    private static int CloseOnExec => OperatingSystem.IsMacOS() ? 0x1000000 : 0x80000;

    private static int WouldBlock => OperatingSystem.IsMacOS() ? 35 : 11;

    /// <summary>
    /// Waits its turn. Null where a folder cannot be locked: it may not be read, or its file system has no locks. The agent
    /// does without then, and relies on looking twice.
    /// </summary>
    /// <exception cref="AgentException">Another process keeps the folder locked.</exception>
    public static FolderLock? Take(string folder)
    {
        if (OperatingSystem.IsWindows())
        {
            return null;
        }

        SafeFileHandle handle = Open(folder, ReadOnly | CloseOnExec);
        if (handle.IsInvalid)
        {
            handle.Dispose();
            return null;
        }

        DateTimeOffset end = DateTimeOffset.UtcNow + s_patience;
        while (Lock(handle, ExclusiveWithoutWaiting) != 0)
        {
            bool isTaken = Marshal.GetLastPInvokeError() == WouldBlock;
            if (!isTaken || DateTimeOffset.UtcNow > end)
            {
                handle.Dispose();
                return isTaken
                    ? throw new AgentException($"Another process keeps the folder '{folder}' locked.")
                    : null;
            }

            Thread.Sleep(s_pause);
        }

        return new FolderLock(handle);
    }

    /// <summary>The lock ends with its descriptor.</summary>
    public void Dispose() => _folder.Dispose();

    [UnsupportedOSPlatform("windows")]
    [LibraryImport("libc", EntryPoint = "open", SetLastError = true, StringMarshalling = StringMarshalling.Utf8)]
    private static partial SafeFileHandle Open(string path, int flags);

    [UnsupportedOSPlatform("windows")]
    [LibraryImport("libc", EntryPoint = "flock", SetLastError = true)]
    private static partial int Lock(SafeFileHandle descriptor, int operation);
}
