namespace Spiffe.Helper;

/// <summary>
/// A folder with plain files, which become new one after the other: where links are not wanted, and on Windows, where no link to a
/// folder can be exchanged in one step.
/// </summary>
internal sealed class PlainFolder : IKeptFolder
{
    private readonly FileStream _lock;
    private HashSet<string> _written = [];

    private PlainFolder(FileStream folderLock) => _lock = folderLock;

    /// <exception cref="SpiffeException">
    /// <see cref="SpiffeErrorReason.HelperRunning"/>, <see cref="SpiffeErrorReason.FileNotFound"/> or
    /// <see cref="SpiffeErrorReason.WriteFailed"/>.
    /// </exception>
    public static PlainFolder Open(string home)
    {
        FileStream folderLock = KeptFolderLock.Take(home);
        LeftoverFiles.Remove(home);
        return new PlainFolder(folderLock);
    }

    public IReadOnlyList<string> Publish(IReadOnlyList<OutputFile> files)
    {
        foreach (OutputFile file in files)
        {
            FileInfo link = new(file.Path);
            if (link.LinkTarget is { } target && target != Path.Combine(".spiffe-helper", link.Name))
            {
                throw new SpiffeException(SpiffeErrorReason.WriteFailed, $"'{file.Path}' is a link to '{target}'; expected a file, or nothing.");
            }
        }

        IReadOnlyList<string> changed = AtomicFile.Write(files, ExistingFiles.ReplaceAny);
        HashSet<string> paths = [.. files.Select(file => file.Path)];
        foreach (string lost in _written.Except(paths))
        {
            AtomicFile.Delete(lost);
        }

        _written = paths;
        return changed;
    }

    public void Dispose() => _lock.Dispose();
}
