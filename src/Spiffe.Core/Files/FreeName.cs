using System.Runtime.InteropServices;
using System.Runtime.Versioning;

namespace Spiffe;

/// <summary>Renames a file, but never over an existing one.</summary>
/// <remarks><see cref="File.Move(string, string)"/> looks first and renames then: who comes between is overwritten.</remarks>
internal static partial class FreeName
{
    // EEXIST, on Linux and on macOS.
    private const int AlreadyExists = 17;

    /// <summary>False if the name is taken.</summary>
    public static bool TryMove(string from, string to)
    {
        if (!OperatingSystem.IsWindows())
        {
            if (Link(from, to) == 0)
            {
                File.Delete(from);
                return true;
            }

            if (Marshal.GetLastPInvokeError() == AlreadyExists)
            {
                return false;
            }
        }

        // Not every file system has links, and linking a file of another account may be forbidden.
        try
        {
            File.Move(from, to);
            return true;
        }
        catch (IOException) when (File.Exists(to))
        {
            return false;
        }
    }

    [UnsupportedOSPlatform("windows")]
    [LibraryImport("libc", EntryPoint = "link", SetLastError = true, StringMarshalling = StringMarshalling.Utf8)]
    private static partial int Link(string from, string to);
}
