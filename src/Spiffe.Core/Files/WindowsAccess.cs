using System.Runtime.Versioning;
using System.Security.AccessControl;

namespace Spiffe;

/// <summary>What a Unix mode comes to on Windows: the owner has all access, and everybody else may read or not.</summary>
[SupportedOSPlatform("windows")]
internal static class WindowsAccess
{
    private const string OwnerOnly = "D:P(A;;FA;;;OW)";
    private const string ReadableByAll = OwnerOnly + "(A;;FR;;;WD)";

    /// <summary>Creates a file that nobody else may open, not even before its first byte, unless the mode lets others read.</summary>
    public static FileStream Create(string path, UnixFileMode mode, FileShare share)
    {
        FileSecurity security = new();
        security.SetSecurityDescriptorSddlForm(mode.HasFlag(UnixFileMode.OtherRead) ? ReadableByAll : OwnerOnly);
        return new FileInfo(path).Create(
            FileMode.CreateNew, FileSystemRights.FullControl, share, bufferSize: 1, FileOptions.None, security);
    }
}
