using System.Globalization;
using System.Runtime.InteropServices;
using System.Runtime.Versioning;

namespace Spiffe;

/// <summary>The numbers of users and groups, as the system's directory of accounts has them.</summary>
[UnsupportedOSPlatform("windows")]
internal static partial class UnixAccount
{
    // struct passwd and struct group both begin with two pointers, the first to the name; then comes the number.
    private const int EntrySize = 256;
    private const int BufferSize = 64 * 1024;

    private static int NumberOffset => 2 * IntPtr.Size;

    /// <summary>The number of a user, given by name or by number.</summary>
    /// <exception cref="SpiffeException"><see cref="SpiffeErrorReason.AccountNotFound"/></exception>
    public static uint FindUser(string name) => Find(name, "user", FindUserByName);

    /// <summary>The number of a group, given by name or by number.</summary>
    /// <exception cref="SpiffeException"><see cref="SpiffeErrorReason.AccountNotFound"/></exception>
    public static uint FindGroup(string name) => Find(name, "group", FindGroupByName);

    /// <summary>The name of a user; the number where it has none.</summary>
    public static string NameOf(uint user)
    {
        byte[] entry = new byte[EntrySize];
        byte[] buffer = GC.AllocateArray<byte>(BufferSize, pinned: true);
        return FindUserByNumber(user, entry, buffer, buffer.Length, out nint found) == 0 && found != 0
            ? Marshal.PtrToStringUTF8((nint)BitConverter.ToInt64(entry))!
            : user.ToString(CultureInfo.InvariantCulture);
    }

    private static uint Find(string name, string kind, FindByName find)
    {
        byte[] entry = new byte[EntrySize];
        byte[] buffer = GC.AllocateArray<byte>(BufferSize, pinned: true);
        if (find(name, entry, buffer, buffer.Length, out nint found) == 0 && found != 0)
        {
            return BitConverter.ToUInt32(entry, NumberOffset);
        }

        // -1 means no change, and no account has that number.
        return uint.TryParse(name, NumberStyles.None, CultureInfo.InvariantCulture, out uint number) && number < uint.MaxValue
            ? number
            : throw new SpiffeException(
                SpiffeErrorReason.AccountNotFound, $"There is no {kind} {Quoted.Text(name)} on this machine.");
    }

    private delegate int FindByName(string name, byte[] entry, byte[] buffer, nint size, out nint found);

    [LibraryImport("libc", EntryPoint = "getpwnam_r", StringMarshalling = StringMarshalling.Utf8)]
    private static partial int FindUserByName(string name, [Out] byte[] entry, byte[] buffer, nint size, out nint found);

    [LibraryImport("libc", EntryPoint = "getgrnam_r", StringMarshalling = StringMarshalling.Utf8)]
    private static partial int FindGroupByName(string name, [Out] byte[] entry, byte[] buffer, nint size, out nint found);

    [LibraryImport("libc", EntryPoint = "getpwuid_r")]
    private static partial int FindUserByNumber(uint user, [Out] byte[] entry, byte[] buffer, nint size, out nint found);
}
