extern alias agent;

using System.Runtime.Versioning;
using agent::Spiffe.DevAgent;

namespace Spiffe.Tests;

[UnsupportedOSPlatform("windows")]
public sealed class AgentLogTests : IDisposable
{
    private readonly DirectoryInfo _folder = Directory.CreateTempSubdirectory("spiffe-test-");

    private string LogPath => Path.Combine(_folder.FullName, "agent.log");

    public void Dispose() => _folder.Delete(recursive: true);

    [Fact]
    public void A_log_file_is_for_its_owner_alone_and_grows()
    {
        WriteLine("first");
        WriteLine("second");

        string[] lines = File.ReadAllLines(LogPath);
        Assert.Equal(2, lines.Length);
        Assert.EndsWith(" first", lines[0], StringComparison.Ordinal);
        Assert.Equal(UnixFileMode.UserRead | UnixFileMode.UserWrite, File.GetUnixFileMode(LogPath));
    }

    [Fact]
    public void A_log_file_that_cannot_be_opened_is_said() => Assert.Contains(
        "/nowhere/agent.log",
        Assert.Throws<AgentException>(() => new AgentLog(TextWriter.Null, "/nowhere/agent.log")).Message,
        StringComparison.Ordinal);

    [Fact]
    public void A_log_file_that_cannot_be_written_stops_nothing()
    {
        Assert.SkipUnless(File.Exists("/dev/full"), "There is no device that is always full.");
        File.CreateSymbolicLink(LogPath, "/dev/full");
        using LogCapture capture = new();
        using AgentLog log = new(capture, LogPath);

        log.Write("first");
        log.Write("second");

        Assert.Contains("takes no more lines", capture.ToString(), StringComparison.Ordinal);
        Assert.EndsWith(" second", capture.ToString(), StringComparison.Ordinal);
    }

    private void WriteLine(string text)
    {
        using AgentLog log = new(TextWriter.Null, LogPath);
        log.Write(text);
    }
}
