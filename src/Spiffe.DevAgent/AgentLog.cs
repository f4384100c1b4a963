using System.Globalization;

namespace Spiffe.DevAgent;

/// <summary>One line an event. What is written here never contains a private key or a token.</summary>
internal sealed class AgentLog
{
    private readonly TextWriter _writer;

    public AgentLog(TextWriter writer) => _writer = TextWriter.Synchronized(writer);

    public void Write(string text) => _writer.WriteLine(
        string.Create(CultureInfo.InvariantCulture, $"{DateTimeOffset.UtcNow:yyyy-MM-ddTHH:mm:ss.fffZ} {text}"));
}
