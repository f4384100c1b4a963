using System.Diagnostics;
using System.Net.Sockets;
using System.Reflection;
using System.Text.Json;

namespace Spiffe.Tests;

/// <summary>The agent as a program, with a folder for its socket.</summary>
public abstract class ProcessTest : IDisposable
{
    private static readonly TimeSpan s_patience = TimeSpan.FromSeconds(30);
    private protected static readonly string Program = typeof(ProcessTest).Assembly
        .GetCustomAttributes<AssemblyMetadataAttribute>()
        .Single(attribute => attribute.Key == "Agent").Value!;

    private readonly DirectoryInfo _folder = Directory.CreateTempSubdirectory("spiffe-test-");
    private readonly CancellationTokenSource _impatience =
        CancellationTokenSource.CreateLinkedTokenSource(TestContext.Current.CancellationToken);

    protected ProcessTest() => _impatience.CancelAfter(s_patience);

    private protected string SocketPath => Path.Combine(_folder.FullName, "agent.sock");

    private protected string Settings => $$"""{"endpoint":"unix://{{SocketPath}}"}""";

    private protected CancellationToken Token => _impatience.Token;

    public void Dispose()
    {
        _impatience.Dispose();
        _folder.Delete(recursive: true);
        GC.SuppressFinalize(this);
    }

    private protected static Process Start(params (string Name, string Value)[] environment)
    {
        ProcessStartInfo start = new("dotnet", [Program])
        {
            RedirectStandardInput = true,
            RedirectStandardOutput = true,
            RedirectStandardError = true,
        };
        foreach ((string name, string value) in environment)
        {
            start.Environment[name] = value;
        }

        return Process.Start(start)!;
    }

    private protected static bool CanConnect(string path)
    {
        using Socket socket = new(AddressFamily.Unix, SocketType.Stream, ProtocolType.Unspecified);
        socket.Connect(new UnixDomainSocketEndPoint(path));
        return socket.Connected;
    }

    private protected async Task<JsonElement> StartServingAsync(Process agent, string settings)
    {
        await agent.StandardInput.WriteLineAsync(settings);
        string? line = await agent.StandardOutput.ReadLineAsync(Token);
        return JsonDocument.Parse(line ?? throw new InvalidOperationException(await agent.StandardError.ReadToEndAsync(Token))).RootElement;
    }

    private protected async Task<string> RunToFailureAsync(Process agent, string settings, int exitCode)
    {
        await agent.StandardInput.WriteLineAsync(settings);
        string said = await agent.StandardError.ReadToEndAsync(Token);
        await agent.WaitForExitAsync(Token);
        Assert.Equal(exitCode, agent.ExitCode);
        return said;
    }

    private protected async Task WaitForLogAsync(Process agent, string word)
    {
        while (await agent.StandardError.ReadLineAsync(Token) is { } line)
        {
            if (line.Contains(word, StringComparison.Ordinal))
            {
                return;
            }
        }

        Assert.Fail($"the log ended without '{word}'");
    }

    private protected async Task SignalAsync(string signal, int processId)
    {
        using Process kill = Process.Start("kill", [signal, $"{processId}"]);
        await kill.WaitForExitAsync(Token);
        Assert.Equal(0, kill.ExitCode);
    }
}
