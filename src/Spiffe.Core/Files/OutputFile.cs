namespace Spiffe;

/// <summary>A file as it shall be.</summary>
/// <param name="Path">An absolute path; the folder must exist.</param>
/// <param name="Content">All of the file.</param>
/// <param name="Mode">The file's mode on Unix, whatever the umask. On Windows it decides who has access: the owner or everybody.</param>
internal sealed record OutputFile(string Path, byte[] Content, UnixFileMode Mode)
{
    /// <summary>Whether what is there already is as good as <see cref="Content"/>; byte for byte unless told otherwise.</summary>
    public Func<byte[], bool>? IsSame { get; init; }
}
