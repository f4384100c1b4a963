using System.Buffers;
using System.Security.Cryptography;

namespace Spiffe;

/// <summary>A file that is written beside its target and not yet there.</summary>
/// <remarks>
/// It is kept open and locked until it is renamed. That tells it from one that a killed process has left behind.
/// </remarks>
internal sealed class StagedFile : IDisposable
{
    private const string Prefix = ".spiffe-";
    private const string Suffix = ".tmp";
    private const int NumberLength = 16;
    private const int MaxAttempts = 20;

    // On Unix a shared lock: readers may open the file as soon as it has its name, and none of them has it exclusively.
    private const FileShare Share = FileShare.ReadWrite | FileShare.Delete;

    private static readonly SearchValues<char> s_digits = SearchValues.Create("0123456789abcdef");

    private readonly OutputFile _file;
    private readonly FileStream _stream;
    private bool _isPublished;

    private StagedFile(OutputFile file, FileStream stream)
    {
        _file = file;
        _stream = stream;
    }

    /// <summary>What all names of staged files have in common, as a pattern for searching.</summary>
    public static string Pattern => Prefix + "*" + Suffix;

    /// <summary>Whether a file's name is one that staged files get.</summary>
    public static bool IsName(ReadOnlySpan<char> name) =>
        name.Length == Prefix.Length + NumberLength + Suffix.Length &&
        name.StartsWith(Prefix, StringComparison.Ordinal) &&
        name.EndsWith(Suffix, StringComparison.Ordinal) &&
        !name.Slice(Prefix.Length, NumberLength).ContainsAnyExcept(s_digits);

    /// <summary>Writes all of the file, with its mode and its owner set before its first byte, and flushes it to the disk.</summary>
    /// <param name="file">The intended state of the file.</param>
    /// <param name="attributes">The attributes of the file that it replaces, which it gets.</param>
    /// <exception cref="SpiffeException">
    /// <see cref="SpiffeErrorReason.FileNotFound"/> or <see cref="SpiffeErrorReason.WriteFailed"/>; nothing is left behind.
    /// </exception>
    public static StagedFile Create(OutputFile file, FileAttributeList? attributes = null)
    {
        StagedFile? staged = null;
        try
        {
            staged = new StagedFile(file, Open(file));
            staged.Write(attributes);
            return staged;
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException)
        {
            staged?.Dispose();
            throw NotWritten(file, exception);
        }
    }

    /// <summary>Renames the file to its final name.</summary>
    /// <exception cref="SpiffeException">
    /// <see cref="SpiffeErrorReason.FileExists"/>, <see cref="SpiffeErrorReason.FileNotFound"/> or
    /// <see cref="SpiffeErrorReason.WriteFailed"/>.
    /// </exception>
    public void Publish(ExistingFiles existing)
    {
        try
        {
            if (existing != ExistingFiles.Keep)
            {
                File.Move(_stream.Name, _file.Path, overwrite: true);
            }
            else if (!FreeName.TryMove(_stream.Name, _file.Path))
            {
                throw new SpiffeException(SpiffeErrorReason.FileExists, $"The file '{_file.Path}' exists.");
            }

            _isPublished = true;
            _stream.Dispose();
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException)
        {
            throw NotWritten(_file, exception);
        }
    }

    /// <summary>Deletes the file unless it was published.</summary>
    public void Dispose()
    {
        try
        {
            if (!_isPublished)
            {
                File.Delete(_stream.Name);
            }
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException)
        {
            // The error that matters is already on its way; the next write to this folder will try again.
        }
        finally
        {
            _stream.Dispose();
        }
    }

    private static FileStream Open(OutputFile file)
    {
        // Without the target's name in it, so that a target may have the longest name that the file system allows.
        string folder = Path.GetDirectoryName(file.Path)!;
        for (int attempt = 1; ; attempt++)
        {
            string number = RandomNumberGenerator.GetHexString(NumberLength, lowercase: true);
            string path = Path.Combine(folder, Prefix + number + Suffix);
            try
            {
                FileStream stream = Open(path, file);
                if (File.Exists(path))
                {
                    return stream;
                }

                stream.Dispose();
                throw new FileNotFoundException($"The file '{path}' was deleted by another process.", path);
            }
            catch (IOException) when (attempt < MaxAttempts && Directory.Exists(folder))
            {
                // Between its creation and its lock, it looks like one that was left behind.
            }
        }
    }

    private static FileStream Open(string path, OutputFile file) => OperatingSystem.IsWindows()
        ? WindowsAccess.Create(path, file, Share)
        : new FileStream(path, new FileStreamOptions
        {
            Mode = FileMode.CreateNew,
            Access = FileAccess.ReadWrite,
            Share = Share,
            BufferSize = 0,
            UnixCreateMode = file.Mode & AtomicFile.PrivateMode,
        });

    private static SpiffeException NotWritten(OutputFile file, Exception exception) =>
        exception is DirectoryNotFoundException && !Directory.Exists(Path.GetDirectoryName(file.Path))
            ? new SpiffeException(SpiffeErrorReason.FileNotFound, $"The folder of '{file.Path}' does not exist.", exception)
            : new SpiffeException(
                SpiffeErrorReason.WriteFailed, $"The file '{file.Path}' was not written: {exception.Message}", exception);

    private void Write(FileAttributeList? attributes)
    {
        if (!OperatingSystem.IsWindows())
        {
            if (!_file.Owner.IsEmpty && UnixFile.FindOwner(_stream.SafeFileHandle) is var now && (now is null || _file.Owner.Or(now.Value) != now))
            {
                UnixFile.SetOwner(_stream.SafeFileHandle, _file.Owner);
            }

            if (OperatingSystem.IsLinux())
            {
                attributes?.Apply(_stream.SafeFileHandle);
            }

            // Last: a change of the owner takes bits away, and so may the umask; an access list brings some.
            File.SetUnixFileMode(_stream.SafeFileHandle, _file.Mode);
        }

        _stream.Write(_file.Content);
        _stream.Flush(flushToDisk: true);
    }
}
