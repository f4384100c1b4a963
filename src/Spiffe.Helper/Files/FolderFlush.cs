using System.Runtime.InteropServices;
using System.Runtime.Versioning;

namespace Spiffe.Helper;

/// <summary>Makes new names in a folder outlast a loss of power.</summary>
[UnsupportedOSPlatform("windows")]
internal static partial class FolderFlush
{
    // O_RDONLY | O_CLOEXEC
    private static readonly int s_flags = OperatingSystem.IsMacOS() ? 0x1000000 : 0x80000;

    public static void Flush(string folder)
    {
        int handle = Open(folder, s_flags);
        if (handle < 0)
        {
            throw new IOException($"The folder '{folder}' cannot be opened: {Marshal.GetLastPInvokeErrorMessage()}");
        }

        // A file system that has no use for this says so; there is nothing to be done about it.
        _ = Sync(handle);
        _ = Close(handle);
    }

    [LibraryImport("libc", EntryPoint = "open", SetLastError = true, StringMarshalling = StringMarshalling.Utf8)]
    private static partial int Open(string path, int flags);

    [LibraryImport("libc", EntryPoint = "fsync")]
    private static partial int Sync(int handle);

    [LibraryImport("libc", EntryPoint = "close")]
    private static partial int Close(int handle);
}
