using System.Diagnostics;
using System.Globalization;
using System.Text;

namespace Spiffe.Helper;

/// <summary>A file with the number of a process that is to learn of new files.</summary>
internal sealed class PidFile
{
    private const int MaxLength = 64;
    private const int MaxAttempts = 10;

    private static readonly Task s_never = new TaskCompletionSource().Task;
    private static readonly TimeSpan s_firstPause = TimeSpan.FromMilliseconds(100);

    // What the system knows of a process's start is exact to a hundredth of a second, and its clock may have been set since.
    private static readonly TimeSpan s_tolerance = TimeSpan.FromSeconds(2);

    private readonly HelperConfiguration _configuration;
    private int _attempt;
    private Task? _retry;

    public PidFile(HelperConfiguration configuration) => _configuration = configuration;

    /// <summary>Completes when it is time to read the file again.</summary>
    public Task Due => _retry ?? s_never;

    /// <summary>The files are new: signals the process.</summary>
    public IReadOnlyList<HelperEvent> Renew()
    {
        _attempt = 0;
        return Continue();
    }

    /// <summary>Tries it, ten times at most: a service that is just starting has not written its file yet.</summary>
    public IReadOnlyList<HelperEvent> Continue()
    {
        _retry = null;
        if (_configuration is not { PidPath: { } path, RenewSignal: { } name } || OperatingSystem.IsWindows())
        {
            return [];
        }

        try
        {
            int processId = Find(path);
            return UnixSignal.TrySend(processId, SignalNumber.Find(name)!.Value)
                ? [new HelperEvent(HelperEventKind.Signalled, $"Process {processId} of '{path}' got {name}.") { ProcessId = processId }]
                : throw Unusable(path, $"there is no process {processId}");
        }
        catch (SpiffeException exception)
        {
            TimeSpan pause = s_firstPause * Math.Pow(2, _attempt);
            bool isLast = ++_attempt == MaxAttempts;
            _retry = isLast ? null : Task.Delay(pause);
            return [HelperEvent.Failed(exception, isLast ? null : pause)];
        }
    }

    /// <summary>The process that the file means. One that began after the file was written has only been given its number.</summary>
    private static int Find(string path)
    {
        string text = Encoding.UTF8.GetString(BoundedFile.Read(path)).Trim();
        if (text.Length > MaxLength || !int.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out int processId) || processId < 1)
        {
            throw Unusable(path, "it holds no process number");
        }

        try
        {
            using Process process = Process.GetProcessById(processId);
            DateTimeOffset started = process.StartTime;
            DateTimeOffset written = File.GetLastWriteTimeUtc(path);
            return started <= written + s_tolerance
                ? processId
                : throw Unusable(path, $"the process {processId} was started after the file was written and is another one");
        }
        catch (Exception exception) when (exception is ArgumentException or InvalidOperationException)
        {
            throw Unusable(path, $"there is no process {processId}");
        }
    }

    private static SpiffeException Unusable(string path, string fault) =>
        new(SpiffeErrorReason.CommandFailed, $"No process was signalled by '{path}': {fault}.");
}
