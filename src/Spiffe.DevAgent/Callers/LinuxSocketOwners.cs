using System.Globalization;

namespace Spiffe.DevAgent;

/// <summary>Which processes hold a socket, as far as this agent may look (/proc/PID/fd, proc(5)).</summary>
internal static class LinuxSocketOwners
{
    private static readonly EnumerationOptions s_whatMayBeSeen = new() { IgnoreInaccessible = true, AttributesToSkip = 0 };

    public static int[] Find(long inode) =>
    [
        .. Directory.EnumerateDirectories("/proc")
            .Select(folder => int.TryParse(
                Path.GetFileName(folder), NumberStyles.None, CultureInfo.InvariantCulture, out int id) ? id : 0)
            .Where(id => id > 0 && Holds(id, inode)),
    ];

    public static bool Holds(int processId, long inode)
    {
        string target = $"socket:[{inode}]";
        try
        {
            return Directory.EnumerateFileSystemEntries($"/proc/{processId}/fd", "*", s_whatMayBeSeen)
                .Any(descriptor => new FileInfo(descriptor).LinkTarget == target);
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException)
        {
            // The process is gone, or belongs to another account.
            return false;
        }
    }
}
