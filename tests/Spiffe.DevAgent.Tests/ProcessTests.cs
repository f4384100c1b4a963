using System.Diagnostics;
using System.Net;
using System.Net.Sockets;
using System.Reflection;
using System.Text.Json;

namespace Spiffe.Tests;

/// <summary>The agent as a program: what it says, what ends it, and what it leaves.</summary>
public sealed class ProcessTests : IDisposable
{
    private static readonly TimeSpan s_patience = TimeSpan.FromSeconds(30);
    private static readonly string s_program = typeof(ProcessTests).Assembly
        .GetCustomAttributes<AssemblyMetadataAttribute>()
        .Single(attribute => attribute.Key == "Agent").Value!;

    private readonly DirectoryInfo _folder = Directory.CreateTempSubdirectory("spiffe-test-");
    private readonly CancellationTokenSource _impatience =
        CancellationTokenSource.CreateLinkedTokenSource(TestContext.Current.CancellationToken);

    public ProcessTests() => _impatience.CancelAfter(s_patience);

    private string SocketPath => Path.Combine(_folder.FullName, "agent.sock");

    private string Settings => $$"""{"endpoint":"unix://{{SocketPath}}"}""";

    private CancellationToken Token => _impatience.Token;

    public void Dispose()
    {
        _impatience.Dispose();
        _folder.Delete(recursive: true);
    }

    [Fact]
    public async Task It_ends_with_its_input_and_leaves_no_socket()
    {
        using Process agent = Start();
        JsonElement ready = await StartServingAsync(agent, Settings);
        Assert.Equal("unix://" + SocketPath, ready.GetProperty("endpoint").GetString());
        Assert.Equal(agent.Id, ready.GetProperty("processId").GetInt32());
        Assert.True(CanConnect(SocketPath));

        agent.StandardInput.Close();
        await agent.WaitForExitAsync(Token);

        Assert.Equal(0, agent.ExitCode);
        Assert.False(File.Exists(SocketPath));
    }

    [Fact]
    public async Task Without_an_endpoint_it_makes_a_private_folder_and_removes_it()
    {
        using Process agent = Start();
        JsonElement ready = await StartServingAsync(agent, "{}");
        string path = ready.GetProperty("endpoint").GetString()!["unix://".Length..];
        string folder = Path.GetDirectoryName(path)!;
        if (!OperatingSystem.IsWindows())
        {
            Assert.Equal(UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute, File.GetUnixFileMode(folder));
        }

        agent.StandardInput.Close();
        await agent.WaitForExitAsync(Token);

        Assert.False(Directory.Exists(folder));
    }

    [Fact]
    public async Task SIGTERM_ends_it_and_Ctrl_C_at_the_parents_prompt_does_not()
    {
        using Process agent = Start();
        await StartServingAsync(agent, Settings);

        await SignalAsync("-INT", agent.Id);
        await agent.StandardInput.WriteLineAsync("a line that nobody understands");
        await WaitForLogAsync(agent, "not understood");
        Assert.True(CanConnect(SocketPath));

        await SignalAsync("-TERM", agent.Id);
        await agent.WaitForExitAsync(Token);

        Assert.Equal(0, agent.ExitCode);
        Assert.False(File.Exists(SocketPath));
    }

    [Fact]
    public async Task It_ends_when_its_parent_is_killed()
    {
        // The shell is the parent: it holds the other end of the agent's input, and is killed without warning.
        string script = $"mkfifo '{SocketPath}.in'; dotnet '{s_program}' < '{SocketPath}.in' & exec 3> '{SocketPath}.in'; " +
            $"echo '{Settings}' >&3; echo $!; while :; do sleep 1; done";
        using Process parent = Process.Start(new ProcessStartInfo("sh", ["-c", script]) { RedirectStandardOutput = true })!;
        int agentId = int.Parse((await parent.StandardOutput.ReadLineAsync(Token))!, provider: null);
        while (await parent.StandardOutput.ReadLineAsync(Token) is { } line && !line.Contains("endpoint", StringComparison.Ordinal))
        {
        }

        using Process agent = Process.GetProcessById(agentId);
        parent.Kill();
        await agent.WaitForExitAsync(Token);

        Assert.False(File.Exists(SocketPath));
    }

    [Fact]
    public async Task A_socket_that_was_left_behind_is_replaced()
    {
        using (Process killed = Start())
        {
            await StartServingAsync(killed, Settings);
            killed.Kill();
            await killed.WaitForExitAsync(Token);
        }

        Assert.True(File.Exists(SocketPath));
        using Process agent = Start();

        await StartServingAsync(agent, Settings);

        Assert.True(CanConnect(SocketPath));
        agent.StandardInput.Close();
        await agent.WaitForExitAsync(Token);
    }

    [Fact]
    public async Task A_socket_that_somebody_serves_is_left_alone()
    {
        using Process first = Start();
        await StartServingAsync(first, Settings);
        using Process second = Start();

        Assert.Contains("already listens", await RunToFailureAsync(second, Settings, exitCode: 1), StringComparison.Ordinal);

        Assert.True(CanConnect(SocketPath));
        first.StandardInput.Close();
        await first.WaitForExitAsync(Token);
    }

    [Theory]
    [InlineData(false, "is not a socket")]
    [InlineData(true, "is not a socket")]
    public async Task A_file_or_a_folder_in_the_way_is_left_alone(bool isFolder, string word)
    {
        if (isFolder)
        {
            Directory.CreateDirectory(SocketPath);
        }
        else
        {
            await File.WriteAllTextAsync(SocketPath, "precious", Token);
        }

        using Process agent = Start();

        Assert.Contains(word, await RunToFailureAsync(agent, Settings, exitCode: 1), StringComparison.Ordinal);
        Assert.True(isFolder ? Directory.Exists(SocketPath) : await File.ReadAllTextAsync(SocketPath, Token) == "precious");
    }

    [Theory]
    [InlineData("not JSON", 2, "JSON")]
    [InlineData("""{"trustDomain":"Example.org"}""", 2, "lower case")]
    [InlineData("""{"entries":[null]}""", 2, "entries[0]")]
    [InlineData("""{"endpoint":"unix:///nowhere/agent.sock"}""", 1, "/nowhere/agent.sock")]
    [InlineData("""{"endpoint":"unix:///proc/agent.sock"}""", 1, "/proc/agent.sock")]
    public async Task What_it_cannot_do_is_said_in_one_sentence(string settings, int exitCode, string word)
    {
        using Process agent = Start();

        string said = await RunToFailureAsync(agent, settings, exitCode);

        Assert.Contains(word, said, StringComparison.Ordinal);
        Assert.Single(said.Trim().Split('\n'));
    }

    [Fact]
    public async Task SIGTERM_ends_it_also_before_it_has_its_settings()
    {
        using Process agent = Start();

        // Before the runtime handles the signal it ends the process by itself, with 128 + 15.
        await SignalAsync("-TERM", agent.Id);
        await agent.WaitForExitAsync(Token);

        Assert.True(agent.ExitCode is 0 or 143, $"exit code {agent.ExitCode}");
    }

    [Fact]
    [Trait("Clause", "E-1")]
    [Trait("Clause", "E-3")]
    public async Task Variables_that_would_open_a_port_are_not_read()
    {
        int port = FindFreePort();
        using Process agent = Start(
            ("ASPNETCORE_URLS", $"http://127.0.0.1:{port}"),
            ("Kestrel__Endpoints__Plain__Url", $"http://127.0.0.1:{port}"),
            ("Kestrel__Endpoints__Secure__Url", $"https://127.0.0.1:{port}"));
        await StartServingAsync(agent, Settings);
        using TcpClient client = new();

        await Assert.ThrowsAsync<SocketException>(() => client.ConnectAsync(IPAddress.Loopback, port, Token).AsTask());

        agent.StandardInput.Close();
        await agent.WaitForExitAsync(Token);
    }

    private static int FindFreePort()
    {
        using TcpListener listener = new(IPAddress.Loopback, port: 0);
        listener.Start();
        return ((IPEndPoint)listener.LocalEndpoint).Port;
    }

    private static Process Start(params (string Name, string Value)[] environment)
    {
        ProcessStartInfo start = new("dotnet", [s_program])
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

    private static bool CanConnect(string path)
    {
        using Socket socket = new(AddressFamily.Unix, SocketType.Stream, ProtocolType.Unspecified);
        socket.Connect(new UnixDomainSocketEndPoint(path));
        return socket.Connected;
    }

    private async Task<JsonElement> StartServingAsync(Process agent, string settings)
    {
        await agent.StandardInput.WriteLineAsync(settings);
        string? line = await agent.StandardOutput.ReadLineAsync(Token);
        return JsonDocument.Parse(line ?? throw new InvalidOperationException(await agent.StandardError.ReadToEndAsync(Token))).RootElement;
    }

    private async Task<string> RunToFailureAsync(Process agent, string settings, int exitCode)
    {
        await agent.StandardInput.WriteLineAsync(settings);
        string said = await agent.StandardError.ReadToEndAsync(Token);
        await agent.WaitForExitAsync(Token);
        Assert.Equal(exitCode, agent.ExitCode);
        return said;
    }

    private async Task WaitForLogAsync(Process agent, string word)
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

    private async Task SignalAsync(string signal, int processId)
    {
        using Process kill = Process.Start("kill", [signal, $"{processId}"]);
        await kill.WaitForExitAsync(Token);
        Assert.Equal(0, kill.ExitCode);
    }
}
