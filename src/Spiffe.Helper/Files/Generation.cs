using System.Buffers;
using System.Runtime.Versioning;
using System.Security.Cryptography;

namespace Spiffe.Helper;

/// <summary>A folder with one state of all files, and the link that says which state counts.</summary>
[UnsupportedOSPlatform("windows")]
internal static class Generation
{
    /// <summary>The link's name. Every file's name is a link to the same name below it.</summary>
    public const string LinkName = ".spiffe-helper";

    private const string Prefix = LinkName + "-";
    private const int NumberLength = 16;

    // Who may read a file has to get to it. The folder above says who gets here.
    private const UnixFileMode Mode = AtomicFile.PublicMode | UnixFileMode.UserExecute | UnixFileMode.GroupExecute | UnixFileMode.OtherExecute;

    private static readonly SearchValues<char> s_digits = SearchValues.Create("0123456789abcdef");

    /// <summary>The folder that counts now; null where there is none yet.</summary>
    /// <exception cref="SpiffeException"><see cref="SpiffeErrorReason.WriteFailed"/>: something else has the link's name.</exception>
    public static string? FindCurrent(string home)
    {
        FileInfo link = new(Path.Combine(home, LinkName));
        if (link.LinkTarget is { } target)
        {
            return IsName(target)
                ? Path.Combine(home, target)
                : throw new SpiffeException(SpiffeErrorReason.WriteFailed, $"'{link.FullName}' is a link to '{target}', which is not the helper's.");
        }

        return Path.Exists(link.FullName)
            ? throw new SpiffeException(SpiffeErrorReason.WriteFailed, $"'{link.FullName}' exists, and is not a link of the helper.")
            : null;
    }

    /// <summary>An empty folder that does not count yet.</summary>
    public static string Create(string home)
    {
        string path = CreateName(home);
        Directory.CreateDirectory(path, Mode);

        // The umask may have taken bits away. What the folder above has passed on stays: its group, for files that are to have it.
        UnixFile.WidenFolder(path, Mode);
        return path;
    }

    /// <summary>From here on this folder counts: for all names at once, and also after a loss of power.</summary>
    public static void MakeCurrent(string home, string folder)
    {
        SetLink(home, Path.Combine(home, LinkName), Path.GetFileName(folder));
        UnixFile.FlushFolder(home);
    }

    /// <summary>Makes a name a link, in one step.</summary>
    public static void SetLink(string home, string path, string target)
    {
        string temporary = CreateName(home);
        File.CreateSymbolicLink(temporary, target);
        UnixName.Rename(temporary, path);
    }

    /// <summary>Deletes what does not count: of runs that were killed, and what was superseded.</summary>
    /// <param name="home">The folder with the link.</param>
    /// <param name="kept">What stays.</param>
    public static void RemoveOthers(string home, params IEnumerable<string?> kept)
    {
        foreach (FileSystemInfo entry in new DirectoryInfo(home).EnumerateFileSystemInfos(Prefix + "*"))
        {
            if (!IsName(entry.Name) || kept.Contains(entry.FullName))
            {
                continue;
            }

            if (entry is DirectoryInfo { LinkTarget: null } folder)
            {
                folder.Delete(recursive: true);
            }
            else
            {
                File.Delete(entry.FullName);
            }
        }
    }

    private static string CreateName(string home) =>
        Path.Combine(home, Prefix + RandomNumberGenerator.GetHexString(NumberLength, lowercase: true));

    private static bool IsName(string name) =>
        name.Length == Prefix.Length + NumberLength && name.StartsWith(Prefix, StringComparison.Ordinal) &&
        !name.AsSpan(Prefix.Length).ContainsAnyExcept(s_digits);
}
