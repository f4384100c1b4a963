using System.Security.Cryptography;

namespace Spiffe;

/// <summary>Writes files so that no reader ever sees half of one, or one with a wider mode than it will have.</summary>
internal static class AtomicFile
{
    /// <summary>rw-r--r--, for what is public.</summary>
    public const UnixFileMode PublicMode =
        UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.GroupRead | UnixFileMode.OtherRead;

    /// <summary>rw-------, for what is secret.</summary>
    public const UnixFileMode PrivateMode = UnixFileMode.UserRead | UnixFileMode.UserWrite;

    /// <summary>Writes one file, as <see cref="Write(IReadOnlyList{OutputFile}, ExistingFiles)"/> does several.</summary>
    /// <exception cref="SpiffeException">As there; the old file is unchanged then.</exception>
    public static void Write(string path, byte[] content, UnixFileMode mode, ExistingFiles existing) =>
        Write([new OutputFile(path, content, mode)], existing);

    /// <summary>
    /// Writes files that belong together: all of them beside their targets and flushed to the disk, and only then renamed, in
    /// their order. Files that are already current are not touched; a mode that drifted is corrected. A file that takes the
    /// place of another has that one's owner, group and access list unless others are asked for, as if it were written in place.
    /// </summary>
    /// <returns>The paths of those files that were not current.</returns>
    /// <exception cref="SpiffeException">
    /// <see cref="SpiffeErrorReason.FileExists"/>, <see cref="SpiffeErrorReason.FileNotFound"/> or
    /// <see cref="SpiffeErrorReason.WriteFailed"/>; the old files are unchanged then.
    /// </exception>
    public static IReadOnlyList<string> Write(IReadOnlyList<OutputFile> files, ExistingFiles existing)
    {
        // All are looked at before the first one is touched.
        TargetFile[] targets = [.. files.Select(file => TargetFile.Find(file, existing))];
        foreach (string folder in files.Select(file => Path.GetDirectoryName(file.Path)!).Distinct())
        {
            LeftoverFiles.Remove(folder);
        }

        List<StagedFile> staged = [];
        try
        {
            TargetFile[] changes = [.. targets.Where(target => !target.IsUpToDate())];
            foreach (TargetFile change in changes)
            {
                staged.Add(StagedFile.Create(change.File, change.Attributes));
            }

            Publish(staged, changes, existing);
            Flush(changes.Select(change => change.File.Path));
            return [.. changes.Select(change => change.File.Path)];
        }
        finally
        {
            staged.ForEach(file => file.Dispose());
            foreach (TargetFile target in targets)
            {
                CryptographicOperations.ZeroMemory(target.OldContent);
            }
        }
    }

    /// <summary>Deletes a file. One that is not there is as good.</summary>
    /// <exception cref="SpiffeException"><see cref="SpiffeErrorReason.WriteFailed"/></exception>
    public static void Delete(string path)
    {
        try
        {
            File.Delete(path);
            Flush([path]);
        }
        catch (DirectoryNotFoundException)
        {
            // Nor is its folder.
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException)
        {
            throw new SpiffeException(
                SpiffeErrorReason.WriteFailed, $"The file '{path}' was not deleted: {exception.Message}", exception);
        }
    }

    /// <summary>Without it, a power cut could bring back what was there before.</summary>
    private static void Flush(IEnumerable<string> paths)
    {
        foreach (string folder in paths.Select(path => Path.GetDirectoryName(path)!).Distinct())
        {
            try
            {
                if (!OperatingSystem.IsWindows())
                {
                    UnixFile.FlushFolder(folder);
                }
            }
            catch (IOException exception)
            {
                throw new SpiffeException(
                    SpiffeErrorReason.WriteFailed, $"The folder '{folder}' was not flushed to the disk: {exception.Message}", exception);
            }
        }
    }

    /// <summary>Renames a file, and replaces anything that has the new name.</summary>
    /// <exception cref="SpiffeException"><see cref="SpiffeErrorReason.WriteFailed"/></exception>
    public static void Rename(string path, string newPath)
    {
        try
        {
            File.Move(path, newPath, overwrite: true);
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException)
        {
            throw new SpiffeException(
                SpiffeErrorReason.WriteFailed, $"The file '{path}' was not renamed: {exception.Message}", exception);
        }
    }

    private static void Publish(List<StagedFile> staged, TargetFile[] targets, ExistingFiles existing)
    {
        for (int i = 0; i < targets.Length; i++)
        {
            try
            {
                staged[i].Publish(existing);
            }
            catch (SpiffeException exception)
            {
                string[] renewed = [.. targets.Take(i).Reverse().Where(target => !target.TryRestore()).Select(target => target.File.Path)];
                throw renewed.Length == 0 ? exception : new SpiffeException(
                    exception.Reason,
                    $"{exception.Message} What was there cannot be brought back; these are new: {string.Join(", ", renewed)}.",
                    exception);
            }
        }
    }
}
