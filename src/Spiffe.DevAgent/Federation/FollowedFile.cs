namespace Spiffe.DevAgent;

/// <summary>A file that is looked at again and again. A look costs little, and sees through links and mounts what a watcher misses.</summary>
internal sealed class FollowedFile
{
    private (DateTime Time, long Length)? _seen;

    public FollowedFile(string path) => Path = path;

    public string Path { get; }

    /// <summary>Whether it is another one than at the last call; a file that is not there is one, too.</summary>
    public bool HasChanged()
    {
        FileInfo file = new(Path);
        FileSystemInfo target = file.Exists ? file.ResolveLinkTarget(returnFinalTarget: true) ?? file : file;
        (DateTime Time, long Length) now = target.Exists
            ? (target.LastWriteTimeUtc, new FileInfo(target.FullName).Length)
            : (DateTime.MinValue, -1);
        bool hasChanged = now != _seen;
        _seen = now;
        return hasChanged;
    }
}
