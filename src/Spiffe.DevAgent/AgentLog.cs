using System.Globalization;

namespace Spiffe.DevAgent;

/// <summary>One line an event. What is written here never contains a private key or a token.</summary>
internal sealed class AgentLog : IDisposable
{
    private const UnixFileMode OwnerOnly = UnixFileMode.UserRead | UnixFileMode.UserWrite;

    private readonly Lock _lock = new();
    private readonly TextWriter _writer;
    private StreamWriter? _file;

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
            WriteToFile(line);
        }
    }

    public void Dispose() => _file?.Dispose();

    /// <summary>A file that takes no more lines must not keep the agent from its work.</summary>
    private void WriteToFile(string line)
    {
        try
        {
            _file?.WriteLine(line);
        }
        catch (IOException exception)
        {
            _file = null;
            _writer.WriteLine($"The log file takes no more lines: {exception.Message}");
        }
    }

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
