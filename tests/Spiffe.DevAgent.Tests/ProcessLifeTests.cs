using System.Diagnostics;
using System.Text.Json;
using Spiffe.Testing;

namespace Spiffe.Tests;

/// <summary>What ends the agent, and what it leaves.</summary>
public sealed class ProcessLifeTests : ProcessTest
{
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
    public async Task SIGTERM_ends_it_and_what_a_terminal_sends_to_all_does_not()
    {
        using Process agent = Start();
        await StartServingAsync(agent, Settings);

        await SignalAsync("-INT", agent.Id);
        await SignalAsync("-QUIT", agent.Id);
        await SignalAsync("-HUP", agent.Id);
        await agent.StandardInput.WriteLineAsync("not a command");
        Assert.Contains("JSON", await agent.StandardOutput.ReadLineAsync(Token), StringComparison.Ordinal);
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
        string script = $"mkfifo '{SocketPath}.in'; dotnet '{Program}' < '{SocketPath}.in' & exec 3> '{SocketPath}.in'; " +
            $"echo '{Settings}' >&3; echo $!; while :; do sleep 1; done";
        using Process parent = Process.Start(new ProcessStartInfo("sh", ["-c", script]) { RedirectStandardOutput = true })!;
        int agentId = int.Parse((await parent.StandardOutput.ReadLineAsync(Token))!, provider: null);
        while (await parent.StandardOutput.ReadLineAsync(Token) is { } line && !line.Contains("endpoint", StringComparison.Ordinal))
        {
        }

        parent.Kill();
        await Eventually.TrueAsync(() => OtherProcess.HasEnded(agentId), Token);

        Assert.False(File.Exists(SocketPath));
    }

    [Fact]
    public async Task SIGTERM_ends_it_also_before_it_has_its_settings()
    {
        using Process agent = Start();

        // Before the runtime handles the signal, the signal ends the process with 128 + 15.
        await SignalAsync("-TERM", agent.Id);
        await agent.WaitForExitAsync(Token);

        Assert.True(agent.ExitCode is 0 or 143, $"exit code {agent.ExitCode}");
    }
}
