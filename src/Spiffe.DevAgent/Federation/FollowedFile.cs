namespace Spiffe.DevAgent;

/// <summary>A file that is looked at again and again. A look costs little, and sees through links and mounts what a watcher misses.</summary>
internal sealed class FollowedFile
{
    private (DateTime Time, long Length)? _seen;
    private bool _hasLooked;

    public FollowedFile(string path) => Path = path;

    public string Path { get; }

    /// <summary>Whether it is another one than at the last call; a file that is not there is one, too.</summary>
    public bool HasChanged()
    {
        (DateTime Time, long Length)? now = Look();
        bool hasChanged = !_hasLooked || now != _seen;
        (_seen, _hasLooked) = (now, true);
        return hasChanged;
    }

    /// <summary>Null where there is nothing to be read; who reads it all the same learns the reason.</summary>
    private (DateTime Time, long Length)? Look()
    {
        try
        {
            FileInfo file = new(Path);
            FileInfo target = file.ResolveLinkTarget(returnFinalTarget: true) is { } final ? new(final.FullName) : file;
            return target.Exists ? (target.LastWriteTimeUtc, target.Length) : null;
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException)
        {
            return null;
        }
    }
}
