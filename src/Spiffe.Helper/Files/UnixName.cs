using System.Runtime.InteropServices;
using System.Runtime.Versioning;

namespace Spiffe.Helper;

/// <summary>What the base library does not do with the names of files.</summary>
[UnsupportedOSPlatform("windows")]
internal static partial class UnixName
{
    /// <summary>Renames a file, a folder or a link, and replaces anything that has the new name.</summary>
    /// <remarks><see cref="File.Move(string, string, bool)"/> does not move links to folders.</remarks>
    public static void Rename(string from, string to)
    {
        if (RenameFile(from, to) != 0)
        {
            throw new IOException($"'{to}' cannot be replaced: {Marshal.GetLastPInvokeErrorMessage()}");
        }
    }

    /// <summary>Gives a file one more name; false where it is not there, or the file system or the file's owner does not allow it.</summary>
    public static bool TryLink(string from, string to) => Link(from, to) == 0;

    [LibraryImport("libc", EntryPoint = "rename", SetLastError = true, StringMarshalling = StringMarshalling.Utf8)]
    private static partial int RenameFile(string from, string to);

    [LibraryImport("libc", EntryPoint = "link", SetLastError = true, StringMarshalling = StringMarshalling.Utf8)]
    private static partial int Link(string from, string to);
}
