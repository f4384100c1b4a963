using System.Net.Http.Headers;

namespace Spiffe.Commands;

/// <summary>Files that are sent, and files that answers are written to.</summary>
internal static class WebFile
{
    /// <exception cref="SpiffeException">
    /// <see cref="SpiffeErrorReason.FileNotFound"/> or <see cref="SpiffeErrorReason.ReadFailed"/>.
    /// </exception>
    public static StreamContent CreateContent(string path, string? contentType)
    {
        MediaTypeHeaderValue type = contentType is null
            ? new MediaTypeHeaderValue("application/octet-stream")
            : RequestBody.ParseType(contentType);
        try
        {
            return new StreamContent(File.OpenRead(path)) { Headers = { ContentType = type } };
        }
        catch (Exception exception) when (exception is FileNotFoundException or DirectoryNotFoundException)
        {
            throw new SpiffeException(SpiffeErrorReason.FileNotFound, $"The file {Quoted.Text(path)} does not exist.", exception);
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException)
        {
            throw new SpiffeException(SpiffeErrorReason.ReadFailed, $"The file {Quoted.Text(path)} cannot be read: {exception.Message}", exception);
        }
    }

    /// <summary>The path of a file for an answer. What is wrong with it is told before anything is sent.</summary>
    /// <exception cref="SpiffeException"><see cref="SpiffeErrorReason.WriteFailed"/></exception>
    public static string CheckTarget(string path)
    {
        string? fault = Directory.Exists(path) ? "is a folder; expected the path of a file"
            : !Directory.Exists(Path.GetDirectoryName(path)) ? "is in a folder that does not exist"
            : null;
        return fault is null ? path : throw new SpiffeException(SpiffeErrorReason.WriteFailed, $"The path {Quoted.Text(path)} {fault}.");
    }

    /// <summary>Writes an answer as it comes.</summary>
    /// <exception cref="SpiffeException"><see cref="SpiffeErrorReason.WriteFailed"/></exception>
    public static async Task SaveAsync(
        HttpResponseMessage response, string path, TimeSpan longestPause, CancellationToken cancellationToken)
    {
        FileStream file = Open(path);
        await using (file.ConfigureAwait(false))
        {
            await ResponseContent.CopyAsync(response, file, longestPause, cancellationToken).ConfigureAwait(false);
        }
    }

    /// <exception cref="SpiffeException"><see cref="SpiffeErrorReason.WriteFailed"/></exception>
    public static void Save(byte[] content, string path)
    {
        using FileStream file = Open(path);
        file.Write(content);
    }

    private static FileStream Open(string path)
    {
        try
        {
            return File.Create(path);
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException)
        {
            throw new SpiffeException(SpiffeErrorReason.WriteFailed, $"The file {Quoted.Text(path)} cannot be written: {exception.Message}", exception);
        }
    }
}
