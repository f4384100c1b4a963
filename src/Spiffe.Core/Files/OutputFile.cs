using System.Security.Cryptography;

namespace Spiffe;

/// <summary>The intended state of a file.</summary>
/// <param name="Path">An absolute path; the folder must exist.</param>
/// <param name="Content">All of the file.</param>
/// <param name="Mode">The file's mode on Unix, whatever the umask. On Windows it decides who has access: the owner or everyone.</param>
internal sealed record OutputFile(string Path, byte[] Content, UnixFileMode Mode)
{
    /// <summary>Whether what is there already is as good as <see cref="Content"/>; byte for byte unless told otherwise.</summary>
    public Func<byte[], bool>? IsSame { get; init; }

    /// <summary>Whose it becomes on Unix; what is not given stays as the file that it replaces has it.</summary>
    public FileOwner Owner { get; init; }

    /// <summary>
    /// Whether <see cref="Mode"/> is for a file without an access list only: the access list of the file that it replaces
    /// stays, and on Unix the mode with it, since that limits the list.
    /// </summary>
    public bool KeepsAccessList { get; init; }

    /// <summary>Whether it is there with this content, whatever its mode.</summary>
    public bool IsThere()
    {
        // Pipes and devices have no length, and reading one could last for ever.
        if (new FileInfo(Path) is not { Exists: true, LinkTarget: null, Length: > 0 })
        {
            return false;
        }

        byte[] found = [];
        try
        {
            found = BoundedFile.Read(Path);
            return IsSame?.Invoke(found) ?? found.AsSpan().SequenceEqual(Content);
        }
        catch (SpiffeException)
        {
            // What cannot be read is not known to be this.
            return false;
        }
        finally
        {
            CryptographicOperations.ZeroMemory(found);
        }
    }
}
