namespace Spiffe.Helper;

/// <summary>All files of a configuration, in one folder or several.</summary>
internal sealed class KeptFiles : IDisposable
{
    private readonly List<(string Path, IKeptFolder Folder)> _folders = [];

    // Where a later folder fails, what is new in an earlier one is told by the call that gets through all of them.
    private readonly List<string> _changed = [];

    private KeptFiles()
    {
    }

    /// <summary>Takes every folder for this process. The private key's comes first.</summary>
    /// <param name="configuration">Which files.</param>
    /// <param name="hasPlainFiles">Whether the names are files, and not links to them.</param>
    /// <exception cref="SpiffeException">
    /// <see cref="SpiffeErrorReason.HelperRunning"/>, <see cref="SpiffeErrorReason.FileNotFound"/> or
    /// <see cref="SpiffeErrorReason.WriteFailed"/>.
    /// </exception>
    public static KeptFiles Open(HelperConfiguration configuration, bool hasPlainFiles)
    {
        KeptFiles files = new();
        try
        {
            foreach (string path in HelperFiles.PathsOf(configuration).Select(file => Path.GetDirectoryName(file)!).Distinct())
            {
                files._folders.Add((
                    path,
                    hasPlainFiles || OperatingSystem.IsWindows() ? PlainFolder.Open(path) : LinkedFolder.Open(path, IsObsolete)));
            }

            return files;

            bool IsObsolete(string name) => HelperFiles.IsFederatedName(name, configuration);
        }
        catch
        {
            files.Dispose();
            throw;
        }
    }

    /// <summary>Makes these the files, folder after folder.</summary>
    /// <returns>The paths of those that are new or different since the last call that succeeded.</returns>
    /// <exception cref="SpiffeException"><see cref="SpiffeErrorReason.WriteFailed"/></exception>
    public IReadOnlyList<string> Publish(IReadOnlyCollection<OutputFile> files)
    {
        foreach ((string path, IKeptFolder folder) in _folders)
        {
            _changed.AddRange(folder.Publish([.. files.Where(file => Path.GetDirectoryName(file.Path) == path)]));
        }

        string[] changed = [.. _changed.Distinct()];
        _changed.Clear();
        return changed;
    }

    public void Dispose() => _folders.ForEach(folder => folder.Folder.Dispose());
}
