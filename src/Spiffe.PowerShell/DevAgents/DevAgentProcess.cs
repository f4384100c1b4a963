using System.Collections.Concurrent;
using System.Diagnostics;
using System.Text.Json;
using System.Text.Json.Serialization;

namespace Spiffe.Commands;

/// <summary>The agent as a child process: started with settings on its input, ended by closing that input.</summary>
/// <remarks>The input closes by itself when this process dies, however it dies, and the agent ends then too.</remarks>
internal sealed class DevAgentProcess : IDisposable
{
    private const int KeptLogLines = 20;

    private static readonly TimeSpan s_stopPatience = TimeSpan.FromSeconds(5);
    private static readonly JsonSerializerOptions s_json = new() { DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull };
    private static readonly ConcurrentDictionary<int, DevAgentProcess> s_running = new();

    private readonly Process _process;
    private readonly ConcurrentQueue<string> _lastWords = new();
    private DevAgent? _agent;
    private string? _replacedVariable;
    private bool _hasSetVariable;

    private DevAgentProcess(Process process)
    {
        _process = process;
        _process.ErrorDataReceived += (_, line) => Remember(line.Data);
    }

    /// <summary>The agents that this process started and that still run.</summary>
    public static IEnumerable<DevAgentProcess> Running => s_running.Values
        .Where(agent => !agent._process.HasExited)
        .OrderBy(agent => agent.Agent.StartTime);

    public DevAgent Agent => _agent!;

    /// <summary>Starts an agent and waits until it listens.</summary>
    /// <exception cref="SpiffeException"><see cref="SpiffeErrorReason.DevAgentFailed"/> with its last words.</exception>
    public static async Task<DevAgentProcess> StartAsync(DevAgentSettings settings, CancellationToken cancellationToken)
    {
        DevAgentProcess agent = new(StartProcess());
        try
        {
            agent._process.BeginErrorReadLine();
            await agent._process.StandardInput.WriteLineAsync(JsonSerializer.Serialize(settings, s_json))
                .ConfigureAwait(false);
            string? line = await agent._process.StandardOutput.ReadLineAsync(cancellationToken).ConfigureAwait(false);
            if (line is null)
            {
                await agent._process.WaitForExitAsync(cancellationToken).ConfigureAwait(false);
                throw Failed($"it ended with exit code {agent._process.ExitCode}. {string.Join(" ", agent._lastWords)}");
            }

            DevAgentReady ready = JsonSerializer.Deserialize<DevAgentReady>(line, s_json)!;
            agent._agent = new DevAgent(ready.Endpoint, ready.TrustDomain, agent._process.Id, agent._process.StartTime);
            s_running[agent._process.Id] = agent;
            return agent;
        }
        catch (IOException exception)
        {
            agent.Dispose();
            throw Failed($"it ended before it was ready. {string.Join(" ", agent._lastWords)}", exception);
        }
        catch
        {
            agent.Dispose();
            throw;
        }
    }

    /// <summary>Sets SPIFFE_ENDPOINT_SOCKET of this process to the agent, until the agent is stopped.</summary>
    public void SetEnvironment()
    {
        _replacedVariable = Environment.GetEnvironmentVariable(WorkloadApiEndpoint.EnvironmentVariable);
        _hasSetVariable = true;
        Environment.SetEnvironmentVariable(WorkloadApiEndpoint.EnvironmentVariable, Agent.Endpoint);
    }

    /// <summary>Closes its input, waits for it to clean up, and kills it if it does not.</summary>
    public void Dispose()
    {
        s_running.TryRemove(_process.Id, out _);
        RestoreEnvironment();
        try
        {
            _process.StandardInput.Close();
        }
        catch (IOException)
        {
            // It is gone already, and the line it should have read with it.
        }

        if (!_process.WaitForExit(s_stopPatience))
        {
            _process.Kill();
        }

        // Without a time it also waits for the last line of the log.
        _process.WaitForExit();

        _process.Dispose();
    }

    private static Process StartProcess()
    {
        string folder = Path.Combine(ModuleFolder.Path, "devagent");
        string program = Path.Combine(folder, OperatingSystem.IsWindows() ? "Spiffe.DevAgent.exe" : "Spiffe.DevAgent");
        if (!File.Exists(program))
        {
            throw Failed($"its program '{program}' is missing from the module");
        }

        ProcessStartInfo start = new(program)
        {
            RedirectStandardInput = true,
            RedirectStandardOutput = true,
            RedirectStandardError = true,
            UseShellExecute = false,
            WorkingDirectory = folder,
        };
        if (FindRuntime() is { } runtime)
        {
            start.Environment.TryAdd("DOTNET_ROOT", runtime);
        }

        try
        {
            return Process.Start(start)!;
        }
        catch (System.ComponentModel.Win32Exception exception)
        {
            throw Failed($"its program could not be started: {exception.Message}", exception);
        }
    }

    /// <summary>The folder of the <c>dotnet</c> that is first on the path: its runtimes are the ones a user installed.</summary>
    private static string? FindRuntime()
    {
        string name = OperatingSystem.IsWindows() ? "dotnet.exe" : "dotnet";
        string? found = (Environment.GetEnvironmentVariable("PATH") ?? string.Empty)
            .Split(Path.PathSeparator)
            .Where(folder => folder.Length > 0)
            .Select(folder => Path.Combine(folder, name))
            .FirstOrDefault(File.Exists);
        return found is null
            ? null
            : Path.GetDirectoryName(File.ResolveLinkTarget(found, returnFinalTarget: true)?.FullName ?? found);
    }

    private static SpiffeException Failed(string fault, Exception? innerException = null) => new(
        SpiffeErrorReason.DevAgentFailed, $"The development agent did not come up: {fault.TrimEnd()}", innerException);

    /// <summary>Puts back what was there before, also where a later agent would otherwise put this one back.</summary>
    private void RestoreEnvironment()
    {
        if (!_hasSetVariable)
        {
            return;
        }

        foreach (DevAgentProcess later in s_running.Values.Where(agent => agent._replacedVariable == Agent.Endpoint))
        {
            later._replacedVariable = _replacedVariable;
        }

        if (Environment.GetEnvironmentVariable(WorkloadApiEndpoint.EnvironmentVariable) == Agent.Endpoint)
        {
            Environment.SetEnvironmentVariable(WorkloadApiEndpoint.EnvironmentVariable, _replacedVariable);
        }
    }

    private void Remember(string? line)
    {
        if (line is null)
        {
            return;
        }

        _lastWords.Enqueue(line);
        if (_lastWords.Count > KeptLogLines)
        {
            _lastWords.TryDequeue(out _);
        }
    }
}
