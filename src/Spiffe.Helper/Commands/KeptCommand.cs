namespace Spiffe.Helper;

/// <summary>The program of a configuration: starts it, notifies it of new files, watches it, and ends it.</summary>
internal sealed class KeptCommand : IDisposable
{
    private static readonly Task s_never = new TaskCompletionSource().Task;

    private readonly HelperConfiguration _configuration;
    private readonly HelperOptions _options;
    private readonly RestartDelay _delay = new();
    private ChildProcess? _child;
    private Task? _restart;
    private bool _hasStarted;

    public KeptCommand(HelperConfiguration configuration, HelperOptions options)
    {
        _configuration = configuration;
        _options = options;
    }

    /// <summary>Completes when there is something to do: the program has ended, or must be started again.</summary>
    public Task Due => _child?.Exit ?? _restart ?? s_never;

    /// <summary>The exit code of the program that has ended last; null while none has.</summary>
    public int? ExitCode { get; private set; }

    /// <summary>Whether the program has exited without being stopped.</summary>
    public bool HasEnded => _hasStarted && _child is null;

    /// <summary>The files are new: starts the program, or tells it.</summary>
    public async Task<IReadOnlyList<HelperEvent>> RenewAsync()
    {
        if (_configuration.Command is null)
        {
            return [];
        }

        if (_child is null || _child.Exit.IsCompleted)
        {
            return [.. NoteExit(), Start()];
        }

        return _options.RenewalAction switch
        {
            HelperRenewalAction.Restart => [.. await StopAsync().ConfigureAwait(false), Start()],
            HelperRenewalAction.Signal when _configuration.RenewSignal is { } name => [Signal(_child, name)],
            _ => [],
        };
    }

    /// <summary>Does what is <see cref="Due"/>.</summary>
    public IReadOnlyList<HelperEvent> Continue()
    {
        if (_child is null)
        {
            return _restart is null ? [] : [Start()];
        }

        IReadOnlyList<HelperEvent> events = NoteExit();
        if (_options.RestartPolicy == HelperRestartPolicy.Always ||
            (_options.RestartPolicy == HelperRestartPolicy.OnFailure && ExitCode != 0))
        {
            _restart = Task.Delay(_delay.Next());
        }

        return events;
    }

    /// <summary>Ends the program, if it runs.</summary>
    public async Task<IReadOnlyList<HelperEvent>> StopAsync()
    {
        if (_child is null)
        {
            return [];
        }

        await _child.StopAsync(_options.StopPatience).ConfigureAwait(false);
        return NoteExit();
    }

    /// <summary>Releases the program, which keeps running.</summary>
    public void Dispose() => _child?.Dispose();

    private HelperEvent Start()
    {
        _restart = null;
        try
        {
            _child = ChildProcess.Start(_configuration);
            bool isFirst = !_hasStarted;
            _hasStarted = true;
            return new HelperEvent(
                isFirst ? HelperEventKind.Started : HelperEventKind.Restarted,
                $"{_configuration.Command} runs as process {_child.Id}.") { ProcessId = _child.Id };
        }
        catch (SpiffeException exception)
        {
            // With a policy it is tried again; without, at the next renewal.
            TimeSpan? retryIn = _options.RestartPolicy == HelperRestartPolicy.Never ? null : _delay.Next();
            _restart = retryIn is { } delay ? Task.Delay(delay) : null;
            return HelperEvent.Failed(exception, retryIn);
        }
    }

    private IReadOnlyList<HelperEvent> NoteExit()
    {
        if (_child is null)
        {
            return [];
        }

        using ChildProcess ended = _child;
        _child = null;
        _delay.NoteRun(ended.Started);
        ExitCode = ended.Exit.Result;
        return
        [
            new HelperEvent(HelperEventKind.Exited, $"{_configuration.Command}, process {ended.Id}, has ended with exit code {ExitCode}.")
            {
                ProcessId = ended.Id,
                ExitCode = ExitCode,
            },
        ];
    }

    private static HelperEvent Signal(ChildProcess child, string name)
    {
        try
        {
            // A process that has ended in between shows in its exit.
            child.TrySignal(SignalNumber.Find(name)!.Value);
            return new HelperEvent(HelperEventKind.Signalled, $"Process {child.Id} got {name}.") { ProcessId = child.Id };
        }
        catch (SpiffeException exception)
        {
            return HelperEvent.Failed(exception);
        }
    }
}
