namespace Spiffe.Helper;

/// <summary>What follows from news of the Workload API, and what is due without any.</summary>
internal sealed class HelperDuty
{
    private readonly HelperOptions _options;
    private readonly FileKeeper _files;
    private readonly KeptCommand _command;
    private readonly PidFile _pidFile;
    private bool _isReady;

    public HelperDuty(HelperConfiguration configuration, HelperOptions options, FileKeeper files, KeptCommand command)
    {
        _options = options;
        _files = files;
        _command = command;
        _pidFile = new PidFile(configuration);
    }

    /// <summary>Each completes when <see cref="ContinueAsync"/> has something to do.</summary>
    public IEnumerable<Task> Due => [_files.Due, _command.Due, _pidFile.Due];

    /// <summary>Why the run is over; null while it is not.</summary>
    public SpiffeException? End { get; private set; }

    /// <summary>Whether there is nothing left to do.</summary>
    public bool IsOver => End is not null || (_options.EndsWithCommand && _command.HasEnded);

    /// <summary>Writes the new content of a part, or reports why it cannot.</summary>
    public async Task<IReadOnlyList<HelperEvent>> HandleAsync<T>(FilePart part, WatchEvent<T> news, Func<T, FileContent> create)
        where T : class
    {
        try
        {
            return news switch
            {
                { Value: { } value } => await RenewAsync(
                    _files.TryWrite(part, create(value)), part.IsX509 || _options.SignalsJwtRenewal).ConfigureAwait(false),
                { Error: { Reason: SpiffeErrorReason.NoIdentityIssued } error } when part.Content is not null => Withdraw(part, error),
                _ => [HelperEvent.Failed(news.Error!, news.RetryIn)],
            };
        }
        catch (SpiffeException exception)
        {
            return exception.Reason == SpiffeErrorReason.HintNotFound && part.Content is not null
                ? Withdraw(part, exception)
                : [FileKeeper.Reject(part, exception)];
        }
    }

    /// <summary>Does what is due.</summary>
    public async Task<IReadOnlyList<HelperEvent>> ContinueAsync()
    {
        List<HelperEvent> events = [];
        if (_files.Due.IsCompleted)
        {
            events.AddRange(await RenewAsync(_files.Retry(), isRenewal: true).ConfigureAwait(false));
        }

        if (_command.Due.IsCompleted)
        {
            events.AddRange(_command.Continue());
        }

        if (_pidFile.Due.IsCompleted)
        {
            events.AddRange(_pidFile.Continue());
        }

        return events;
    }

    /// <summary>Lets the program know of new files, and starts it once all are there.</summary>
    private async Task<IReadOnlyList<HelperEvent>> RenewAsync(IReadOnlyList<HelperEvent> written, bool isRenewal)
    {
        bool isFirst = !_isReady && _files.IsComplete;
        bool isChange = written.Any(news => news.Kind is HelperEventKind.Written or HelperEventKind.TokenRenewed);
        if (!isFirst && !(_isReady && isRenewal && isChange))
        {
            return written;
        }

        _isReady = true;
        List<HelperEvent> events = [.. written, .. await _command.RenewAsync().ConfigureAwait(false), .. _pidFile.Renew()];
        if (isFirst && ServiceManager.Tell(ServiceManager.Ready) is { } fault)
        {
            events.Add(HelperEvent.Failed(fault));
        }

        return events;
    }

    private IReadOnlyList<HelperEvent> Withdraw(FilePart part, SpiffeException error)
    {
        if (part.State.Status == FileStatus.Withdrawn)
        {
            return [];
        }

        FileContent content = part.Content!;
        bool isKept = _options.OnWithdrawn == HelperWithdrawalAction.Keep;
        IReadOnlyList<HelperEvent> deleted = isKept ? [] : _files.TryWrite(part, content: null);
        if (isKept)
        {
            part.Note(FileStatus.Withdrawn);
        }

        string fate = isKept ? "kept" : part.IsPending ? "not deleted yet" : "deleted";
        End ??= _options.OnWithdrawn == HelperWithdrawalAction.Stop ? error : null;
        return
        [
            new HelperEvent(HelperEventKind.Withdrawn, $"The agent withdrew what is in '{part.Path}'; it is {fate}. {error.Message}")
            {
                SpiffeId = content.SpiffeId,
                ExpiresAt = content.ExpiresAt?.LocalDateTime,
                Error = error,
            },
            .. deleted.Where(news => news.Kind != HelperEventKind.Withdrawn),
        ];
    }
}
