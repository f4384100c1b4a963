namespace Spiffe.Helper;

/// <summary>A file that one process at a time holds open; the system lets go of it when its holder ends, however it ends.</summary>
internal static class KeptFolderLock
{
    private const string FileName = ".spiffe-helper.lock";
    private const int MaxAttempts = 25;

    private static readonly TimeSpan s_pause = TimeSpan.FromMilliseconds(20);

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

        FileStreamOptions options = new()
        {
            Mode = FileMode.OpenOrCreate,
            Access = FileAccess.ReadWrite,
            Share = FileShare.None,
            BufferSize = 0,
        };
        if (!OperatingSystem.IsWindows())
        {
            options.UnixCreateMode = AtomicFile.PrivateMode;
        }

        try
        {
            return Open(Path.Combine(folder, FileName), options);
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

    /// <summary>A program that is just being started has a copy of what its parent had open, until it begins.</summary>
    private static FileStream Open(string path, FileStreamOptions options)
    {
        for (int attempt = 1; ; attempt++)
        {
            try
            {
                return new FileStream(path, options);
            }
            catch (IOException exception) when (exception.HResult == s_isHeld && attempt < MaxAttempts)
            {
                Thread.Sleep(s_pause);
            }
        }
    }
}
