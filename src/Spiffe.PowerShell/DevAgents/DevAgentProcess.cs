using System.Collections.Concurrent;
using System.Diagnostics;
using System.Text.Json;
using System.Text.Json.Serialization.Metadata;

namespace Spiffe.Commands;

/// <summary>The agent as a child process: started with settings on its input, ended by closing that input.</summary>
/// <remarks>The input closes when this process dies, however it dies, and the agent then ends too.</remarks>
internal sealed class DevAgentProcess : IDisposable
{
    private const int KeptLogLines = 100;
    private const int QuotedLogLines = 20;

    private static readonly TimeSpan s_stopPatience = TimeSpan.FromSeconds(5);

    private readonly Process _process;
    private readonly bool _hasPrivateFolder;
    private readonly ConcurrentQueue<string> _log = new();
    private readonly SemaphoreSlim _turn = new(1);
    private ReadyMessage? _ready;
    private Task<string?> _lastReply = Task.FromResult<string?>(null);

    private DevAgentProcess(Process process, bool hasPrivateFolder)
    {
        _process = process;
        _hasPrivateFolder = hasPrivateFolder;
        Id = process.Id;
        StartTime = process.StartTime;
        _process.ErrorDataReceived += (_, line) => Remember(line.Data);
    }

    public int Id { get; }

    public DateTime StartTime { get; }

    public string Endpoint => _ready!.Endpoint;

    /// <summary>What the variable was before it named this agent; null where it was not set to it.</summary>
    public ReplacedVariable? ReplacedVariable { get; set; }

    public bool HasExited
    {
        get
        {
            try
            {
                return _process.HasExited;
            }
            catch (InvalidOperationException)
            {
                // Another runspace has stopped it, and disposed of the process.
                return true;
            }
        }
    }

    /// <summary>Starts an agent and waits until it listens.</summary>
    /// <exception cref="SpiffeException"><see cref="SpiffeErrorReason.DevAgentFailed"/> with its last words.</exception>
    public static async Task<DevAgentProcess> StartAsync(SettingsMessage settings, CancellationToken cancellationToken)
    {
        DevAgentProcess agent = new(DevAgentProgram.Start(), hasPrivateFolder: settings.Endpoint is null);
        try
        {
            agent._process.BeginErrorReadLine();
            string? line = await agent.AskAsync(JsonSerializer.Serialize(settings, ContractJson.Default.SettingsMessage), cancellationToken).ConfigureAwait(false);
            if (line is null)
            {
                await agent._process.WaitForExitAsync(cancellationToken).ConfigureAwait(false);
                throw DevAgentProgram.Failed($"it ended with exit code {agent._process.ExitCode}. {agent.LastWords}");
            }

            agent._ready = Read(line, ContractJson.Default.ReadyMessage);
            RunningDevAgents.Add(agent);
            return agent;
        }
        catch (Exception exception) when (exception is IOException or JsonException)
        {
            agent.Dispose();
            throw DevAgentProgram.Failed($"it ended before it was ready, or said something else. {agent.LastWords}", exception);
        }
        catch
        {
            agent.Dispose();
            throw;
        }
    }

    /// <summary>Tells the agent to become different, and waits until it is.</summary>
    /// <exception cref="SpiffeException">
    /// <see cref="SpiffeErrorReason.DevAgentRefused"/>, or <see cref="SpiffeErrorReason.DevAgentNotFound"/> where it has ended.
    /// </exception>
    public async Task<DevAgent> UpdateAsync(UpdateMessage update, CancellationToken cancellationToken)
    {
        try
        {
            string? line = await AskAsync(JsonSerializer.Serialize(update, ContractJson.Default.UpdateMessage), cancellationToken).ConfigureAwait(false);
            if (line is null)
            {
                throw new IOException("Its output has ended.");
            }

            if (Read(line, ContractJson.Default.UpdateReply).Error is { } error)
            {
                throw new SpiffeException(
                    SpiffeErrorReason.DevAgentRefused, $"The development agent {Id} was not changed. {error}");
            }

            return Describe();
        }
        catch (Exception exception) when (exception is IOException or JsonException or ObjectDisposedException)
        {
            throw new SpiffeException(
                SpiffeErrorReason.DevAgentNotFound, $"The development agent {Id} has ended. {LastWords}", exception);
        }
    }

    public DevAgent Describe() => new(_ready!, Id, StartTime, [.. _log]);

    /// <summary>Closes its input, waits for it to clean up, and kills it if it does not.</summary>
    public void Dispose()
    {
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
        RemovePrivateFolder();
        _process.Dispose();
        _turn.Dispose();
    }

    private static T Read<T>(string line, JsonTypeInfo<T> type) =>
        JsonSerializer.Deserialize(line, type) ?? throw new JsonException("The agent's answer is null.");

    private string LastWords => string.Join(" ", _log.TakeLast(QuotedLogLines));

    /// <summary>One line in, one line out; null where the output has ended.</summary>
    private async Task<string?> AskAsync(string line, CancellationToken cancellationToken)
    {
        await _turn.WaitAsync(cancellationToken).ConfigureAwait(false);
        try
        {
            // The answer to a question that was given up on would be taken for the answer to this one.
            await _lastReply.WaitAsync(cancellationToken).ConfigureAwait(false);
            await _process.StandardInput.WriteLineAsync(line).ConfigureAwait(false);
            _lastReply = _process.StandardOutput.ReadLineAsync(CancellationToken.None).AsTask();
            return await _lastReply.WaitAsync(cancellationToken).ConfigureAwait(false);
        }
        finally
        {
            _turn.Release();
        }
    }

    /// <summary>An agent that was killed leaves its socket behind; the folder that it created belongs to it alone.</summary>
    private void RemovePrivateFolder()
    {
        if (!_hasPrivateFolder || _ready is null)
        {
            return;
        }

        try
        {
            Directory.Delete(Path.GetDirectoryName(WorkloadApiEndpoint.Parse(_ready.Endpoint).Address)!, recursive: true);
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException)
        {
            // The agent has removed it itself, as it does unless it was killed.
        }
    }

    private void Remember(string? line)
    {
        if (line is null)
        {
            return;
        }

        _log.Enqueue(line);
        if (_log.Count > KeptLogLines)
        {
            _log.TryDequeue(out _);
        }
    }
}
