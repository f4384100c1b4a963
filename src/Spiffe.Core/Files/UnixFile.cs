using System.Runtime.InteropServices;
using System.Runtime.Versioning;
using Microsoft.Win32.SafeHandles;

namespace Spiffe;

/// <summary>What the base library does not tell of files on Unix, or do with them.</summary>
[UnsupportedOSPlatform("windows")]
internal static partial class UnixFile
{
    // struct statx, the same on every architecture: the owner's number is its sixth 32-bit field, the group's follows, then the
    // mode (statx(2), inode(7)).
    private const int StatxSize = 256;
    private const int UserOffset = 20;
    private const int GroupOffset = 24;
    private const int CurrentFolder = -100;
    private const int NoFollow = 0x100;
    private const int EmptyPath = 0x1000;
    private const int ModeOffset = 28;
    private const uint WantType = 0x1;
    private const uint WantOwner = 0x8 | 0x10;
    private const int TypeBits = 0xF000;
    private const int SocketBits = 0xC000;

    // -1 leaves it as it is (chown(2)).
    private const uint Unchanged = uint.MaxValue;
    private const int ReadOnly = 0;

    /// <summary>The number of the account that this process acts as.</summary>
    public static uint CurrentUser => GetEffectiveUser();

    // O_NOFOLLOW, which is not the same on every architecture of Linux (fcntl.h).
    private static int NoFollowAtOpen => OperatingSystem.IsMacOS() ? 0x100
        : RuntimeInformation.ProcessArchitecture is Architecture.Arm or Architecture.Arm64 or Architecture.Armv6 or Architecture.Ppc64le ? 0x8000
        : 0x20000;

    private static int CloseOnExec => OperatingSystem.IsMacOS() ? 0x1000000 : 0x80000;

    /// <summary>Whose a file or folder is, itself and not what a link leads to; null where that cannot be seen, as on macOS.</summary>
    public static FileOwner? FindOwner(string path) => Stat(CurrentFolder, path, NoFollow);

    /// <summary>Whose an open file is.</summary>
    public static FileOwner? FindOwner(SafeFileHandle file) => Stat((int)file.DangerousGetHandle(), string.Empty, EmptyPath);

    /// <summary>Whether a path leads to something other than a socket; false where that cannot be determined, as on macOS.</summary>
    public static bool IsOtherThanSocket(string path)
    {
        byte[] buffer = new byte[StatxSize];
        return OperatingSystem.IsLinux() && Statx(CurrentFolder, path, flags: 0, WantType, buffer) == 0 &&
            (BitConverter.ToUInt16(buffer, ModeOffset) & TypeBits) != SocketBits;
    }

    /// <summary>Changes the owner of an open file.</summary>
    /// <exception cref="UnauthorizedAccessException">This account may not.</exception>
    /// <exception cref="IOException">The file system cannot.</exception>
    public static void SetOwner(SafeFileHandle file, FileOwner owner)
    {
        if (ChangeOwner(file, owner.User ?? Unchanged, owner.Group ?? Unchanged) != 0)
        {
            string fault = Marshal.GetLastPInvokeErrorMessage();
            throw new UnauthorizedAccessException($"This account may not make {owner} its owner: {fault}.");
        }
    }

    /// <summary>Writes to the disk what was renamed or deleted in a folder. One that may not be read cannot be flushed.</summary>
    /// <exception cref="IOException">The disk has a fault.</exception>
    public static void FlushFolder(string folder)
    {
        using SafeFileHandle handle = Open(folder, ReadOnly | CloseOnExec);
        if (!handle.IsInvalid)
        {
            RandomAccess.FlushToDisk(handle);
        }
    }

    /// <summary>Adds to the mode of a folder: never of what a link leads to, which another account may have put in its place.</summary>
    /// <exception cref="IOException">There is a link, or nothing.</exception>
    /// <exception cref="UnauthorizedAccessException">It is another account's.</exception>
    public static void WidenFolder(string folder, UnixFileMode mode)
    {
        using SafeFileHandle handle = Open(folder, ReadOnly | CloseOnExec | NoFollowAtOpen);
        if (handle.IsInvalid)
        {
            throw new IOException($"The folder '{folder}' cannot be opened: {Marshal.GetLastPInvokeErrorMessage()}");
        }

        File.SetUnixFileMode(handle, File.GetUnixFileMode(handle) | mode);
    }

    private static FileOwner? Stat(int folder, string path, int flags)
    {
        byte[] buffer = new byte[StatxSize];
        return OperatingSystem.IsLinux() && Statx(folder, path, flags, WantOwner, buffer) == 0
            ? new FileOwner(BitConverter.ToUInt32(buffer, UserOffset), BitConverter.ToUInt32(buffer, GroupOffset))
            : null;
    }

    [LibraryImport("libc", EntryPoint = "geteuid")]
    private static partial uint GetEffectiveUser();

    [LibraryImport("libc", EntryPoint = "fchown", SetLastError = true)]
    private static partial int ChangeOwner(SafeFileHandle file, uint user, uint group);

    [LibraryImport("libc", EntryPoint = "open", SetLastError = true, StringMarshalling = StringMarshalling.Utf8)]
    private static partial SafeFileHandle Open(string path, int flags);

    [SupportedOSPlatform("linux")]
    [LibraryImport("libc", EntryPoint = "statx", SetLastError = true, StringMarshalling = StringMarshalling.Utf8)]
    private static partial int Statx(int folder, string path, int flags, uint mask, [Out] byte[] buffer);
}
