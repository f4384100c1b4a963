using System.Globalization;
using System.Runtime.InteropServices;
using System.Runtime.Versioning;

namespace Spiffe.DevAgent;

/// <summary>
/// The names of users and groups as the system's directories have them, LDAP and the like included; the number where there
/// is none.
/// </summary>
[UnsupportedOSPlatform("windows")]
internal static unsafe partial class AccountNames
{
    // struct passwd and struct group both begin with the pointer to the name; neither is longer than this many pointers.
    private const int RecordLength = 32;

    // A group can have very many members, and all of their names must fit.
    private const int MaxBufferSize = 1 << 22;

    // ERANGE: the buffer is too small.
    private const int TooSmall = 34;

    private delegate int Lookup(uint id, nint* record, byte* buffer, nuint size, nint* found);

    public static string FindUser(uint userId) => Find(GetUser, userId);

    public static string FindGroup(uint groupId) => Find(GetGroup, groupId);

    private static string Find(Lookup lookup, uint id)
    {
        nint* record = stackalloc nint[RecordLength];
        for (int size = 1 << 10; size <= MaxBufferSize; size <<= 2)
        {
            fixed (byte* buffer = new byte[size])
            {
                nint found;
                int error = lookup(id, record, buffer, (nuint)size, &found);
                if (error == 0 && found != 0 && Marshal.PtrToStringUTF8(record[0]) is { Length: > 0 } name)
                {
                    return name;
                }

                if (error != TooSmall)
                {
                    break;
                }
            }
        }

        return id.ToString(CultureInfo.InvariantCulture);
    }

    [LibraryImport("libc", EntryPoint = "getpwuid_r")]
    private static partial int GetUser(uint id, nint* record, byte* buffer, nuint size, nint* found);

    [LibraryImport("libc", EntryPoint = "getgrgid_r")]
    private static partial int GetGroup(uint id, nint* record, byte* buffer, nuint size, nint* found);
}
