namespace Spiffe.Helper;

/// <summary>Keeps all files of a configuration as the Workload API's latest answers have them.</summary>
internal sealed class FileKeeper : IDisposable
{
    private static readonly Task s_never = new TaskCompletionSource().Task;

    private readonly KeptFiles _files;
    private readonly RestartDelay _delay = new();
    private Task? _retry;

    /// <exception cref="SpiffeException">
    /// <see cref="SpiffeErrorReason.HelperRunning"/>, <see cref="SpiffeErrorReason.FileNotFound"/> or
    /// <see cref="SpiffeErrorReason.WriteFailed"/>.
    /// </exception>
    public FileKeeper(HelperConfiguration configuration, HelperOptions options)
    {
        X509Svid = configuration.CertificatePath is { } certificate ? new FilePart(certificate, isX509: true, isToken: false) : null;
        JwtBundle = configuration.JwtBundlePath is { } bundle ? new FilePart(bundle, isX509: false, isToken: false) : null;
        JwtSvids = [.. configuration.JwtSvids.Select(svid => new FilePart(svid.Path, isX509: false, isToken: true))];
        IEnumerable<FilePart?> parts = [X509Svid, JwtBundle, .. JwtSvids];
        Parts = [.. parts.OfType<FilePart>()];
        _files = KeptFiles.Open(configuration, options.HasPlainFiles);
    }

    public FilePart? X509Svid { get; }

    public FilePart? JwtBundle { get; }

    public IReadOnlyList<FilePart> JwtSvids { get; }

    public IReadOnlyList<FilePart> Parts { get; }

    /// <summary>Whether every file was written at least once.</summary>
    public bool IsComplete => Parts.All(part => part.WasWritten);

    /// <summary>Completes when it is time to retry what could not be written.</summary>
    public Task Due => _retry ?? s_never;

    /// <summary>Writes what is new of some parts, all of it together.</summary>
    /// <exception cref="SpiffeException"><see cref="SpiffeErrorReason.WriteFailed"/></exception>
    public IReadOnlyList<HelperEvent> Write(IReadOnlyList<(FilePart Part, FileContent? Content)> contents)
    {
        foreach ((FilePart part, FileContent? content) in contents)
        {
            part.Replace(content);
        }

        return Publish();
    }

    /// <summary>The same, where a failure is news and not the end.</summary>
    public IReadOnlyList<HelperEvent> TryWrite(FilePart part, FileContent? content)
    {
        try
        {
            return Write([(part, content)]);
        }
        catch (SpiffeException exception)
        {
            return [Fail(part, exception)];
        }
    }

    /// <summary>Writes again what could not be written, and deletes what could not be deleted.</summary>
    public IReadOnlyList<HelperEvent> Retry()
    {
        _retry = null;
        FilePart? pending = Parts.FirstOrDefault(part => part.IsPending);
        try
        {
            return pending is null ? [] : Publish();
        }
        catch (SpiffeException exception)
        {
            return [Fail(pending!, exception)];
        }
    }

    /// <summary>Says that a part has nothing that could be written.</summary>
    public static HelperEvent Reject(FilePart part, SpiffeException error)
    {
        part.Note(FileStatus.Failed);
        return HelperEvent.Failed(error);
    }

    public void Dispose()
    {
        _files.Dispose();
        foreach (FilePart part in Parts)
        {
            part.Replace(content: null);
        }
    }

    /// <summary>Writes all parts together, and reports those that were due.</summary>
    private List<HelperEvent> Publish()
    {
        HashSet<string> changed = [.. _files.Publish([.. Parts.SelectMany(part => part.Content?.Files ?? [])])];
        List<HelperEvent> events = [];
        foreach (FilePart part in Parts.Where(part => part.IsPending))
        {
            part.Note(part.Content is null ? FileStatus.Withdrawn : FileStatus.Written);
            events.Add(Describe(part, [.. (part.Content?.Files ?? []).Select(file => file.Path).Where(changed.Contains)]));
        }

        _delay.Reset();
        return events;
    }

    private HelperEvent Fail(FilePart part, SpiffeException exception)
    {
        part.Note(FileStatus.Failed);
        TimeSpan retryIn = _delay.Next();
        _retry = Task.Delay(retryIn);
        return HelperEvent.Failed(exception, retryIn);
    }

    private static HelperEvent Describe(FilePart part, string[] files)
    {
        if (part.Content is not { } content)
        {
            return new HelperEvent(HelperEventKind.Withdrawn, $"What was in '{part.Path}' is deleted.");
        }

        IEnumerable<string> named = files.Length == 0 ? content.Files.Select(file => file.Path) : files;
        string names = string.Join(", ", named.Select(Path.GetFileName));
        HelperEventKind kind = files.Length == 0 ? HelperEventKind.Unchanged
            : part.IsToken ? HelperEventKind.TokenRenewed
            : HelperEventKind.Written;
        return new HelperEvent(kind, content.SpiffeId is null ? $"{names}." : $"{names} of {content.SpiffeId}.")
        {
            SpiffeId = content.SpiffeId,
            Files = [.. files],
            ExpiresAt = content.ExpiresAt?.LocalDateTime,
        };
    }
}
