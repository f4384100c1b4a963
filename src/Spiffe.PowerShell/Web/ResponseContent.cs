namespace Spiffe.Commands;

/// <summary>The body of an answer, read with a limit on how long the server may pause.</summary>
internal static class ResponseContent
{
    private const int BufferSize = 81920;

    /// <summary>All of it in memory.</summary>
    public static async Task<byte[]> ReadAsync(HttpResponseMessage response, TimeSpan longestPause, CancellationToken cancellationToken)
    {
        using MemoryStream content = new();
        await CopyAsync(response, content, longestPause, cancellationToken).ConfigureAwait(false);
        return content.ToArray();
    }

    /// <summary>Copies it as it comes.</summary>
    /// <exception cref="SpiffeException"><see cref="SpiffeErrorReason.Timeout"/></exception>
    public static async Task CopyAsync(
        HttpResponseMessage response, Stream target, TimeSpan longestPause, CancellationToken cancellationToken)
    {
        Stream stream = await response.Content.ReadAsStreamAsync(cancellationToken).ConfigureAwait(false);
        byte[] buffer = new byte[BufferSize];
        using CancellationTokenSource pause = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        try
        {
            while (true)
            {
                pause.CancelAfter(longestPause);
                int count = await ReadAsync(stream, buffer, pause.Token).ConfigureAwait(false);
                if (count == 0)
                {
                    return;
                }

                await WriteAsync(target, buffer.AsMemory(0, count), cancellationToken).ConfigureAwait(false);
            }
        }
        catch (OperationCanceledException exception) when (!cancellationToken.IsCancellationRequested)
        {
            throw new SpiffeException(
                SpiffeErrorReason.Timeout, $"The server paused for more than {longestPause.TotalSeconds} s in the middle of its answer.", exception);
        }
    }

    private static async ValueTask<int> ReadAsync(Stream stream, byte[] buffer, CancellationToken cancellationToken)
    {
        try
        {
            return await stream.ReadAsync(buffer, cancellationToken).ConfigureAwait(false);
        }
        catch (Exception exception) when (exception is InvalidDataException or InvalidOperationException)
        {
            // So the decompressing streams report what they cannot decompress.
            throw new HttpRequestException($"The answer is not compressed as it says: {exception.Message}", exception);
        }
    }

    private static async Task WriteAsync(Stream target, ReadOnlyMemory<byte> content, CancellationToken cancellationToken)
    {
        try
        {
            await target.WriteAsync(content, cancellationToken).ConfigureAwait(false);
        }
        catch (IOException exception)
        {
            throw new SpiffeException(SpiffeErrorReason.WriteFailed, $"The answer cannot be written: {exception.Message}", exception);
        }
    }
}
