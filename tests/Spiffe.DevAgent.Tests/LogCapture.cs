using System.Collections.Concurrent;
using System.Text;

namespace Spiffe.Tests;

/// <summary>Keeps the lines of a log; may be read while it is written.</summary>
internal sealed class LogCapture : TextWriter
{
    private readonly ConcurrentQueue<string?> _lines = new();

    public override Encoding Encoding => Encoding.UTF8;

    public override void WriteLine(string? value) => _lines.Enqueue(value);

    public override string ToString() => string.Join('\n', _lines);
}
