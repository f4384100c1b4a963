using System.Diagnostics;

namespace Spiffe.Benchmarks.Streams;

/// <summary>A development agent on a socket of its own.</summary>
internal sealed class AgentProcess : IDisposable
{
    private readonly DirectoryInfo _folder = Directory.CreateTempSubdirectory("spiffe-benchmark-");
    private readonly Process _process;

    /// <param name="entries">How many identities every caller gets.</param>
    /// <param name="others">How many entries there are that select no process here.</param>
    public AgentProcess(int entries, int others = 0)
    {
        _process = Process.Start(new ProcessStartInfo("dotnet", [Checkout.Agent])
        {
            RedirectStandardInput = true,
            RedirectStandardOutput = true,
            RedirectStandardError = true,
        })!;
        _process.ErrorDataReceived += (_, _) => { };
        _process.BeginErrorReadLine();
        string list = string.Join(',', Enumerable.Range(0, entries + others).Select(i => i < entries
            ? $$"""{"spiffeId":"spiffe://example.org/service/{{i}}"}"""
            : $$"""{"spiffeId":"spiffe://example.org/service/{{i}}","selector":"unix:uid:4294967294"}"""));
        Tell($$"""{"endpoint":"{{Endpoint}}","entries":[{{list}}]}""");
    }

    public string SocketPath => Path.Combine(_folder.FullName, "agent.sock");

    public string Endpoint => "unix://" + SocketPath;

    public ProcessUse Use => ProcessUse.Of(_process);

    /// <summary>Makes new SVIDs for all entries; returns as soon as the agent has taken note.</summary>
    public void Rotate() => Tell("""{"rotate":["Svid"]}""");

    public void Dispose()
    {
        _process.StandardInput.Close();
        _process.WaitForExit();
        _process.Dispose();
        _folder.Delete(recursive: true);
    }

    private void Tell(string line)
    {
        _process.StandardInput.WriteLine(line);
        string? reply = _process.StandardOutput.ReadLine();
        if (reply is null || reply.Contains("\"error\":\"", StringComparison.OrdinalIgnoreCase))
        {
            throw new InvalidOperationException($"The agent says: {reply ?? "nothing"}");
        }
    }
}
