namespace Spiffe.Helper;

/// <summary>A file that one process at a time holds open; the system lets go of it when its holder ends, however it ends.</summary>
internal static class KeptFolderLock
{
    private const string FileName = ".spiffe-helper.lock";
    private const int MaxAttempts = 25;

    private static readonly TimeSpan s_pause = TimeSpan.FromMilliseconds(20);

    // EEXIST of Linux and of macOS; Windows has a number of its own.
    private static readonly int s_isThere = OperatingSystem.IsWindows() ? unchecked((int)0x80070050) : 17;

    // EWOULDBLOCK of Linux and of macOS, and the sharing violation of Windows.
    private static readonly int s_isHeld = OperatingSystem.IsWindows() ? unchecked((int)0x80070020) : OperatingSystem.IsMacOS() ? 35 : 11;

    /// <exception cref="SpiffeException">
    /// <see cref="SpiffeErrorReason.HelperRunning"/>, <see cref="SpiffeErrorReason.FileNotFound"/> or
    /// <see cref="SpiffeErrorReason.WriteFailed"/>.
    /// </exception>
    public static FileStream Take(string folder)
    {
        if (!Directory.Exists(folder))
        {
            throw new SpiffeException(SpiffeErrorReason.FileNotFound, $"The folder {Quoted.Text(folder)} does not exist.");
        }

        try
        {
            return Open(Path.Combine(folder, FileName));
        }
        catch (IOException exception) when (exception.HResult == s_isHeld)
        {
            throw new SpiffeException(
                SpiffeErrorReason.HelperRunning, $"Another Invoke-SpiffeHelper keeps the files in '{folder}'.", exception);
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException)
        {
            throw new SpiffeException(
                SpiffeErrorReason.WriteFailed, $"The folder '{folder}' cannot be written to: {exception.Message}", exception);
        }
    }

    /// <summary>Opens the file, or creates it: apart, because to create through a link would be to create a file elsewhere.</summary>
    /// <remarks>A program that is just being started has a copy of what its parent had open, until it begins.</remarks>
    private static FileStream Open(string path)
    {
        FileMode mode = FileMode.Open;
        for (int attempt = 1; ; attempt++)
        {
            try
            {
                return new FileStream(path, CreateOptions(mode));
            }
            catch (FileNotFoundException)
            {
                mode = FileMode.CreateNew;
            }
            catch (IOException exception) when (exception.HResult == s_isThere && attempt < MaxAttempts)
            {
                mode = FileMode.Open;
            }
            catch (IOException exception) when (exception.HResult == s_isHeld && attempt < MaxAttempts)
            {
                Thread.Sleep(s_pause);
            }
        }
    }

    private static FileStreamOptions CreateOptions(FileMode mode)
    {
        FileStreamOptions options = new()
        {
            Mode = mode,
            Access = FileAccess.ReadWrite,
            Share = FileShare.None,
            BufferSize = 0,
        };
        if (!OperatingSystem.IsWindows() && mode == FileMode.CreateNew)
        {
            options.UnixCreateMode = AtomicFile.PrivateMode;
        }

        return options;
    }
}
