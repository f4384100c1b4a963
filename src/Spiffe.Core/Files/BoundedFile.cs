namespace Spiffe;

/// <summary>Reads files that others have written: whole, and never more than was agreed on.</summary>
internal static class BoundedFile
{
    /// <summary>The longest bundle or certificate file that is looked at, in bytes.</summary>
    public const int MaxLength = 4 * 1024 * 1024;

    private const int ReadLength = 64 * 1024;

    /// <summary>Reads a file that may be a pipe: opening one can block forever, and the system offers no way to end that.</summary>
    /// <exception cref="OperationCanceledException">The token ended the wait. What waits for the pipe does so on a thread of its own.</exception>
    /// <exception cref="SpiffeException">As below.</exception>
    public static byte[] Read(string path, CancellationToken cancellationToken) => new FileInfo(path) is { Exists: true, Length: > 0 }
        ? Read(path)
        : Task.Factory.StartNew(() => Read(path), cancellationToken, TaskCreationOptions.LongRunning, TaskScheduler.Default)
            .WaitAsync(cancellationToken).GetAwaiter().GetResult();

    /// <exception cref="SpiffeException">
    /// <see cref="SpiffeErrorReason.FileNotFound"/> or <see cref="SpiffeErrorReason.ReadFailed"/>.
    /// </exception>
    public static byte[] Read(string path)
    {
        try
        {
            using FileStream file = new(path, FileMode.Open, FileAccess.Read, FileShare.ReadWrite | FileShare.Delete);

            // The length that the file reports is not reliable: it may be a pipe, or grow.
            using MemoryStream content = new();
            byte[] part = new byte[ReadLength];
            for (int length = file.Read(part); length > 0; length = file.Read(part))
            {
                content.Write(part, 0, length);
                if (content.Length > MaxLength)
                {
                    throw new SpiffeException(
                        SpiffeErrorReason.ReadFailed, $"The file '{path}' has more than {MaxLength} bytes; no more are accepted.");
                }
            }

            return content.ToArray();
        }
        catch (Exception exception) when (exception is FileNotFoundException or DirectoryNotFoundException)
        {
            throw new SpiffeException(SpiffeErrorReason.FileNotFound, $"The file '{path}' does not exist.", exception);
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException)
        {
            throw new SpiffeException(
                SpiffeErrorReason.ReadFailed, $"The file '{path}' was not read: {exception.Message}", exception);
        }
    }
}
