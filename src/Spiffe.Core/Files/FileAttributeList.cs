using System.Runtime.InteropServices;
using System.Runtime.Versioning;
using System.Text;
using Microsoft.Win32.SafeHandles;

namespace Spiffe;

/// <summary>The extended attributes of a file on Linux that a writer in place would have left alone (xattr(7)).</summary>
internal sealed partial class FileAttributeList
{
    private const string AccessList = "system.posix_acl_access";

    private readonly SortedDictionary<string, byte[]> _values;

    private FileAttributeList(SortedDictionary<string, byte[]> values) => _values = values;

    /// <summary>Whether there is a POSIX access list beside the mode (acl(5)).</summary>
    public bool HasAccessList => _values.ContainsKey(AccessList);

    /// <summary>Those of a file, itself and not what a link leads to. What may not be read is not there.</summary>
    [SupportedOSPlatform("linux")]
    public static FileAttributeList Read(string path)
    {
        byte[] names = Fill(buffer => ListNames(path, buffer, buffer.Length));
        return Read(names, name => Fill(buffer => GetValue(path, name, buffer, buffer.Length)));
    }

    /// <summary>Sets these on an open file, and removes all others.</summary>
    /// <exception cref="UnauthorizedAccessException">One cannot be set.</exception>
    [SupportedOSPlatform("linux")]
    public void Apply(SafeFileHandle file)
    {
        byte[] names = Fill(buffer => ListNames(file, buffer, buffer.Length));
        SortedDictionary<string, byte[]> present = Read(names, name => Fill(buffer => GetValue(file, name, buffer, buffer.Length)))._values;
        foreach ((string name, byte[] value) in _values)
        {
            if (!(present.TryGetValue(name, out byte[]? now) && now.AsSpan().SequenceEqual(value)) &&
                SetValue(file, name, value, value.Length, flags: 0) != 0)
            {
                throw new UnauthorizedAccessException(
                    $"The attribute {name} of the file that it replaces cannot be kept: {Marshal.GetLastPInvokeErrorMessage()}.");
            }
        }

        // A folder can have a list of its own for new files.
        if (present.ContainsKey(AccessList) && !HasAccessList && RemoveValue(file, AccessList) != 0)
        {
            throw new UnauthorizedAccessException(
                $"The access list of the folder was not kept from the file: {Marshal.GetLastPInvokeErrorMessage()}.");
        }
    }

    // Others are bound to the content, or are the system's.
    private static bool IsKept(string name) =>
        name is AccessList or "security.selinux" || name.StartsWith("user.", StringComparison.Ordinal);

    private static FileAttributeList Read(byte[] names, Func<string, byte[]> getValue)
    {
        SortedDictionary<string, byte[]> values = new(StringComparer.Ordinal);
        foreach (string name in Encoding.UTF8.GetString(names).Split('\0', StringSplitOptions.RemoveEmptyEntries).Where(IsKept))
        {
            values[name] = getValue(name);
        }

        return new FileAttributeList(values);
    }

    /// <summary>Asks for the size, and then for as much. A file system without attributes has none.</summary>
    private static byte[] Fill(Func<byte[], nint> ask)
    {
        nint size = ask([]);
        byte[] buffer = size > 0 ? new byte[size] : [];
        nint length = size > 0 ? ask(buffer) : 0;
        return length > 0 ? buffer[..(int)length] : [];
    }

    [LibraryImport("libc", EntryPoint = "llistxattr", SetLastError = true, StringMarshalling = StringMarshalling.Utf8)]
    private static partial nint ListNames(string path, [Out] byte[] names, nint size);

    [LibraryImport("libc", EntryPoint = "flistxattr", SetLastError = true)]
    private static partial nint ListNames(SafeFileHandle file, [Out] byte[] names, nint size);

    [LibraryImport("libc", EntryPoint = "lgetxattr", SetLastError = true, StringMarshalling = StringMarshalling.Utf8)]
    private static partial nint GetValue(string path, string name, [Out] byte[] value, nint size);

    [LibraryImport("libc", EntryPoint = "fgetxattr", SetLastError = true, StringMarshalling = StringMarshalling.Utf8)]
    private static partial nint GetValue(SafeFileHandle file, string name, [Out] byte[] value, nint size);

    [LibraryImport("libc", EntryPoint = "fsetxattr", SetLastError = true, StringMarshalling = StringMarshalling.Utf8)]
    private static partial int SetValue(SafeFileHandle file, string name, byte[] value, nint size, int flags);

    [LibraryImport("libc", EntryPoint = "fremovexattr", SetLastError = true, StringMarshalling = StringMarshalling.Utf8)]
    private static partial int RemoveValue(SafeFileHandle file, string name);
}
