using System.ComponentModel;
using System.Diagnostics;

namespace Spiffe.Helper;

/// <summary>The program that uses the files, as a child: no shell between, and this process's own streams and terminal.</summary>
internal sealed class ChildProcess : IDisposable
{
    private readonly Process _process;

    private ChildProcess(Process process)
    {
        _process = process;
        Id = process.Id;
        Exit = WaitAsync();
    }

    public int Id { get; }

    /// <summary>Its exit code, once it has ended.</summary>
    public Task<int> Exit { get; }

    public long Started { get; } = Stopwatch.GetTimestamp();

    /// <exception cref="SpiffeException"><see cref="SpiffeErrorReason.CommandFailed"/></exception>
    public static ChildProcess Start(HelperConfiguration configuration)
    {
        string command = configuration.Command!;
        string program = ProgramFile.Find(command, configuration.WorkingFolder) ?? throw new SpiffeException(
            SpiffeErrorReason.CommandFailed, $"There is no program {Quoted.Text(command)}.");
        try
        {
            ProcessStartInfo start = new(program, configuration.Arguments) { WorkingDirectory = configuration.WorkingFolder };
            return new ChildProcess(Process.Start(start)!);
        }
        catch (Exception exception) when (exception is Win32Exception or IOException or UnauthorizedAccessException)
        {
            throw new SpiffeException(
                SpiffeErrorReason.CommandFailed, $"The program '{program}' cannot be started: {exception.Message}", exception);
        }
    }

    /// <summary>Sends it a signal; false where it has ended.</summary>
    /// <remarks>Its number may be another process's as soon as the system knows of its end, which is before <see cref="Exit"/> does.</remarks>
    public bool TrySignal(int signal) => !_process.HasExited && !OperatingSystem.IsWindows() && UnixSignal.TrySend(Id, signal);

    /// <summary>Asks it to end, waits, and then kills it and what it has started.</summary>
    public async Task<int> StopAsync(TimeSpan patience)
    {
        if (TrySignal(SignalNumber.Terminate))
        {
            await Task.WhenAny(Exit, Task.Delay(patience)).ConfigureAwait(false);
        }

        if (!Exit.IsCompleted)
        {
            _process.Kill(entireProcessTree: true);
        }

        return await Exit.ConfigureAwait(false);
    }

    public void Dispose() => _process.Dispose();

    private async Task<int> WaitAsync()
    {
        await _process.WaitForExitAsync().ConfigureAwait(false);
        return _process.ExitCode;
    }
}
