using System.Security.Cryptography;

namespace Spiffe;

/// <summary>Writes a file so that no reader ever sees half of it, or with a wider mode than it will have.</summary>
public static class AtomicFile
{
    /// <summary>rw-r--r--, for what is public.</summary>
    public const UnixFileMode PublicMode =
        UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.GroupRead | UnixFileMode.OtherRead;

    /// <summary>Writes beside the target, flushes to the disk, and renames.</summary>
    /// <param name="path">The target, an absolute path; its folder must exist.</param>
    /// <param name="content">All of the file.</param>
    /// <param name="mode">The file's mode on Unix, whatever the umask; it is set before the first byte is written.</param>
    /// <param name="overwrite">Whether a file that is there is replaced.</param>
    /// <exception cref="SpiffeException">
    /// <see cref="SpiffeErrorReason.FileExists"/>, <see cref="SpiffeErrorReason.FileNotFound"/> or
    /// <see cref="SpiffeErrorReason.WriteFailed"/>; the old file is unchanged then.
    /// </exception>
    public static void Write(string path, ReadOnlySpan<byte> content, UnixFileMode mode, bool overwrite)
    {
        ArgumentException.ThrowIfNullOrEmpty(path);
        if (path.Contains('\0', StringComparison.Ordinal))
        {
            throw new SpiffeException(SpiffeErrorReason.WriteFailed, $"The path {Quoted.Text(path)} has a zero character in it.");
        }

        string folder = Path.GetDirectoryName(path) is { Length: > 0 } parent && Directory.Exists(parent)
            ? parent
            : throw new SpiffeException(SpiffeErrorReason.FileNotFound, $"The folder of '{path}' does not exist.");
        if (Directory.Exists(path))
        {
            throw new SpiffeException(SpiffeErrorReason.WriteFailed, $"'{path}' is a folder; expected a file.");
        }

        // Without the target's name in it, so that a target may have the longest name that the file system allows.
        string staged = Path.Combine(folder, $".{RandomNumberGenerator.GetHexString(16, lowercase: true)}.tmp");
        try
        {
            WriteStaged(staged, content, mode);
            File.Move(staged, path, overwrite);
        }
        catch (IOException) when (!overwrite && File.Exists(path))
        {
            throw new SpiffeException(SpiffeErrorReason.FileExists, $"The file '{path}' exists.");
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException)
        {
            throw new SpiffeException(
                SpiffeErrorReason.WriteFailed, $"The file '{path}' was not written: {exception.Message}", exception);
        }
        finally
        {
            Remove(staged);
        }
    }

    private static void WriteStaged(string path, ReadOnlySpan<byte> content, UnixFileMode mode)
    {
        FileStreamOptions options = new() { Mode = FileMode.CreateNew, Access = FileAccess.Write, Share = FileShare.None };
        if (!OperatingSystem.IsWindows())
        {
            options.UnixCreateMode = mode;
        }

        using FileStream stream = new(path, options);
        if (!OperatingSystem.IsWindows())
        {
            // The umask may have taken bits away.
            File.SetUnixFileMode(stream.SafeFileHandle, mode);
        }

        stream.Write(content);
        stream.Flush(flushToDisk: true);
    }

    /// <summary>Deletes the staged file if the rename did not take place.</summary>
    private static void Remove(string staged)
    {
        try
        {
            File.Delete(staged);
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException)
        {
            // The error that matters is already on its way; a name that cannot be deleted now could not be renamed either.
        }
    }
}
