using System.Runtime.Versioning;

namespace Spiffe;

/// <summary>A file that one process or thread at a time holds open; the system lets go of it when its holder ends.</summary>
[UnsupportedOSPlatform("windows")]
internal sealed class StoreFolderLock : IDisposable
{
    private const string FileName = ".spiffe.lock";

    private static readonly TimeSpan s_patience = TimeSpan.FromMinutes(1);
    private static readonly TimeSpan s_pause = TimeSpan.FromMilliseconds(20);

    private readonly FileStream _file;

    private StoreFolderLock(FileStream file) => _file = file;

    /// <exception cref="SpiffeException"><see cref="SpiffeErrorReason.Timeout"/>: it was not released in time.</exception>
    public static StoreFolderLock Take(string folder, CancellationToken cancellationToken)
    {
        // As .NET creates the folder of a store: readable by its owner only.
        Directory.CreateDirectory(folder, UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute);
        string path = Path.Combine(folder, FileName);
        long end = Environment.TickCount64 + (long)s_patience.TotalMilliseconds;
        while (true)
        {
            cancellationToken.ThrowIfCancellationRequested();
            try
            {
                return new StoreFolderLock(new FileStream(path, new FileStreamOptions
                {
                    Mode = FileMode.OpenOrCreate,
                    Access = FileAccess.ReadWrite,
                    Share = FileShare.None,
                    UnixCreateMode = UnixFileMode.UserRead | UnixFileMode.UserWrite,
                }));
            }
            catch (IOException exception) when (IsHeld(exception))
            {
                if (Environment.TickCount64 > end)
                {
                    throw new SpiffeException(
                        SpiffeErrorReason.Timeout, $"Another process has locked '{path}' and does not release it.", exception);
                }
            }

            cancellationToken.WaitHandle.WaitOne(s_pause);
        }
    }

    public void Dispose() => _file.Dispose();

    /// <summary>EWOULDBLOCK, as Linux and macOS number it.</summary>
    private static bool IsHeld(IOException exception) => exception.HResult == (OperatingSystem.IsMacOS() ? 35 : 11);
}
