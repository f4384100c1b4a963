using System.Globalization;

namespace Spiffe.DevAgent;

/// <summary>One line an event. What is written here never contains a private key or a token.</summary>
internal sealed class AgentLog : IDisposable
{
    private const UnixFileMode OwnerOnly = UnixFileMode.UserRead | UnixFileMode.UserWrite;

    private readonly Lock _lock = new();
    private readonly TextWriter _writer;
    private readonly StreamWriter? _file;

    /// <param name="writer">Where it goes.</param>
    /// <param name="path">A file that it is appended to as well.</param>
    /// <exception cref="AgentException">The file cannot be opened.</exception>
    public AgentLog(TextWriter writer, string? path = null)
    {
        _writer = writer;
        _file = path is null ? null : Open(path);
    }

    public void Write(string text)
    {
        string line = string.Create(CultureInfo.InvariantCulture, $"{DateTimeOffset.UtcNow:yyyy-MM-ddTHH:mm:ss.fffZ} {text}");
        lock (_lock)
        {
            _writer.WriteLine(line);
            _file?.WriteLine(line);
        }
    }

    public void Dispose() => _file?.Dispose();

    private static StreamWriter Open(string path)
    {
        FileStreamOptions options = new() { Mode = FileMode.Append, Access = FileAccess.Write, Share = FileShare.Read };
        if (!OperatingSystem.IsWindows())
        {
            options.UnixCreateMode = OwnerOnly;
        }

        try
        {
            return new StreamWriter(path, options) { AutoFlush = true };
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException)
        {
            throw new AgentException($"The log '{path}' cannot be written: {exception.Message}", exception);
        }
    }
}
