namespace Spiffe;

/// <summary>A file to write, and what has its name now.</summary>
internal sealed class TargetFile
{
    private const UnixFileMode AnyWrite = UnixFileMode.UserWrite | UnixFileMode.GroupWrite | UnixFileMode.OtherWrite;

    private readonly bool _isNew;
    private readonly bool _isLink;
    private UnixFileMode? _oldMode;

    private TargetFile(OutputFile file, bool isNew, bool isLink)
    {
        File = file;
        _isNew = isNew;
        _isLink = isLink;
    }

    public OutputFile File { get; }

    /// <summary>What <see cref="IsUpToDate"/> has found; null where nothing was read.</summary>
    public byte[]? OldContent { get; private set; }

    /// <summary>Looks at the target, and changes nothing.</summary>
    /// <exception cref="SpiffeException">It is no place for the file, or what is there is to stay.</exception>
    public static TargetFile Find(OutputFile file, ExistingFiles existing)
    {
        string path = file.Path;
        if (path.Contains('\0', StringComparison.Ordinal))
        {
            throw NotWritable($"The path {Quoted.Text(path)} has a zero character in it.");
        }

        if (!Directory.Exists(Path.GetDirectoryName(path)))
        {
            throw new SpiffeException(SpiffeErrorReason.FileNotFound, $"The folder of '{path}' does not exist.");
        }

        FileInfo now = new(path);
        bool isLink = now.LinkTarget is not null;
        if (Directory.Exists(path) && !isLink)
        {
            throw NotWritable($"'{path}' is a folder; expected a file.");
        }

        bool isNew = !isLink && !now.Exists;
        if (existing == ExistingFiles.Keep && !isNew)
        {
            throw new SpiffeException(SpiffeErrorReason.FileExists, $"The file '{path}' exists.");
        }

        if (existing == ExistingFiles.Replace && isLink)
        {
            throw NotWritable($"'{path}' is a link to '{now.LinkTarget}'; a file takes its place by force only.");
        }

        // A file that shall be read-only is no more protected by that from being renewed.
        if (existing == ExistingFiles.Replace && now.Exists && IsReadOnly(now) && (file.Mode & AnyWrite) != 0)
        {
            throw NotWritable($"The file '{path}' is read-only; it is replaced by force only.");
        }

        return new TargetFile(file, isNew, isLink);
    }

    /// <summary>Whether the file is there as it shall be. If only its mode is not, that is set right.</summary>
    public bool IsUpToDate()
    {
        if (_isNew || _isLink)
        {
            return false;
        }

        try
        {
            // Pipes and devices have no length, and reading one could last for ever.
            if (new FileInfo(File.Path).Length is 0 or > BoundedFile.MaxLength)
            {
                return false;
            }

            using FileStream stream = new(File.Path, FileMode.Open, FileAccess.Read, FileShare.ReadWrite | FileShare.Delete);
            OldContent = new byte[stream.Length];
            stream.ReadExactly(OldContent);
            bool isSame = File.IsSame?.Invoke(OldContent) ?? OldContent.AsSpan().SequenceEqual(File.Content);
            if (!OperatingSystem.IsWindows())
            {
                _oldMode = System.IO.File.GetUnixFileMode(stream.SafeFileHandle);
                if (isSame && _oldMode != File.Mode)
                {
                    System.IO.File.SetUnixFileMode(stream.SafeFileHandle, File.Mode);
                }
            }

            return isSame;
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException)
        {
            // It is gone, or somebody else's: whether a new one can take its place will be seen.
            return false;
        }
    }

    /// <summary>Brings back what was there before; false where that is not known or not possible.</summary>
    public bool TryRestore()
    {
        try
        {
            if (_isNew)
            {
                AtomicFile.Delete(File.Path);
                return true;
            }

            if (OldContent is null)
            {
                return false;
            }

            using StagedFile old = StagedFile.Create(File with { Content = OldContent, Mode = _oldMode ?? File.Mode });
            old.Publish(ExistingFiles.ReplaceAny);
            return true;
        }
        catch (SpiffeException)
        {
            // The error that led here is the one to tell.
            return false;
        }
    }

    private static bool IsReadOnly(FileInfo file) =>
        OperatingSystem.IsWindows() ? file.IsReadOnly : (file.UnixFileMode & AnyWrite) == 0;

    private static SpiffeException NotWritable(string message) => new(SpiffeErrorReason.WriteFailed, message);
}
