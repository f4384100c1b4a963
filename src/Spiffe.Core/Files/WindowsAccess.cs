using System.Runtime.Versioning;
using System.Security.AccessControl;

namespace Spiffe;

/// <summary>A Unix mode as an access list on Windows: the owner has full access, and everyone else may read or not.</summary>
[SupportedOSPlatform("windows")]
internal static class WindowsAccess
{
    private const string OwnerOnly = "D:P(A;;FA;;;OW)";
    private const string ReadableByAll = OwnerOnly + "(A;;FR;;;WD)";

    /// <summary>Creates a file that only the owner may open from the first byte on, unless the mode lets others read.</summary>
    /// <param name="path">The path of the new file.</param>
    /// <param name="file">The file that it becomes. Where its access list is to stay, that is taken from what is there.</param>
    /// <param name="share">What others may do while it is open.</param>
    public static FileStream Create(string path, OutputFile file, FileShare share)
    {
        FileSecurity security = new();
        FileInfo now = new(file.Path);
        security.SetSecurityDescriptorSddlForm(
            file.KeepsAccessList && now.Exists && now.LinkTarget is null
                ? now.GetAccessControl(AccessControlSections.Access).GetSecurityDescriptorSddlForm(AccessControlSections.Access)
                : file.Mode.HasFlag(UnixFileMode.OtherRead) ? ReadableByAll : OwnerOnly,
            AccessControlSections.Access);
        return new FileInfo(path).Create(
            FileMode.CreateNew, FileSystemRights.FullControl, share, bufferSize: 1, FileOptions.None, security);
    }
}
