using System.Runtime.CompilerServices;

namespace Spiffe.Helper;

/// <summary>Keeps files fresh and the program that uses them running, until it is told to stop.</summary>
internal sealed class HelperRun
{
    private readonly IWorkloadApi _api;
    private readonly HelperConfiguration _configuration;
    private readonly HelperOptions _options;
    private readonly FileKeeper _files;
    private readonly KeptCommand _command;
    private readonly PidFile _pidFile;
    private bool _isReady;
    private SpiffeException? _end;

    private HelperRun(IWorkloadApi api, HelperConfiguration configuration, HelperOptions options, FileKeeper files, KeptCommand command)
    {
        _api = api;
        _configuration = configuration;
        _options = options;
        _files = files;
        _command = command;
        _pidFile = new PidFile(configuration);
    }

    /// <summary>Everything that happens, as it happens. While an event is not taken, nothing else is done.</summary>
    /// <param name="api">The Workload API.</param>
    /// <param name="configuration">What to do.</param>
    /// <param name="options">What to do beyond it.</param>
    /// <param name="stop">Ends the run in an orderly way, with events.</param>
    /// <param name="cancellationToken">Ends the run without events; the program is ended all the same.</param>
    /// <exception cref="SpiffeException">What another try cannot mend, or the folder is not to be had.</exception>
    public static async IAsyncEnumerable<HelperEvent> RunAsync(
        IWorkloadApi api,
        HelperConfiguration configuration,
        HelperOptions options,
        CancellationToken stop,
        [EnumeratorCancellation] CancellationToken cancellationToken)
    {
        using FileKeeper files = new(configuration, options);
        using KeptCommand command = new(configuration, options);
        HelperRun run = new(api, configuration, options, files, command);
        try
        {
            await foreach (HelperEvent news in run.FollowAsync(stop, cancellationToken).ConfigureAwait(false))
            {
                yield return news;
            }

            SpiffeException? untold = ServiceManager.Tell(ServiceManager.Stopping);
            yield return new HelperEvent(HelperEventKind.Stopping, $"The helper of {configuration.Folder} stops.") { Error = run._end ?? untold };
            foreach (HelperEvent news in options.LeavesRunning ? [] : await command.StopAsync().ConfigureAwait(false))
            {
                yield return news;
            }
        }
        finally
        {
            if (!options.LeavesRunning)
            {
                await command.StopAsync().ConfigureAwait(false);
            }
        }

        if (run._end is { } end)
        {
            throw end;
        }
    }

    private async IAsyncEnumerable<HelperEvent> FollowAsync(
        CancellationToken stop, [EnumeratorCancellation] CancellationToken cancellationToken)
    {
        (HealthListener? health, HelperEvent? fault) = StartHealth();
        using HealthListener? _ = health;
        if (fault is not null)
        {
            yield return fault;
        }

        using CancellationTokenSource watching = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        TaskCompletionSource stopped = new(TaskCreationOptions.RunContinuationsAsynchronously);
        using CancellationTokenRegistration registration = stop.Register(stopped.SetResult);
        INewsSource[] sources = [.. OpenSources(watching.Token)];
        try
        {
            while (!stop.IsCancellationRequested && _end is null && !(_options.EndsWithCommand && _command.HasEnded))
            {
                await Task.WhenAny([.. sources.Select(source => source.Next), _files.Due, _command.Due, _pidFile.Due, stopped.Task])
                    .WaitAsync(cancellationToken).ConfigureAwait(false);
                foreach (HelperEvent news in await ContinueAsync(sources).ConfigureAwait(false))
                {
                    yield return news;
                }
            }
        }
        finally
        {
            await watching.CancelAsync().ConfigureAwait(false);
            foreach (INewsSource source in sources)
            {
                await source.DisposeAsync().ConfigureAwait(false);
            }
        }
    }

    private IEnumerable<INewsSource> OpenSources(CancellationToken cancellationToken)
    {
        if (_files.X509Svid is { } x509)
        {
            yield return new NewsSource<IReadOnlyList<X509Svid>>(
                _api.WatchX509SvidsAsync(cancellationToken),
                news => HandleAsync(x509, news, svids => FileContent.Create(svids, _configuration, _options)));
        }

        if (_files.JwtBundle is { } bundle)
        {
            yield return new NewsSource<IReadOnlyList<SpiffeBundle>>(
                _api.WatchJwtBundlesAsync(cancellationToken),
                news => HandleAsync(bundle, news, bundles => FileContent.Create(bundles, _configuration)));
        }

        foreach ((FilePart part, HelperJwtSvid svid) in _files.JwtSvids.Zip(_configuration.JwtSvids))
        {
            yield return new NewsSource<IReadOnlyList<JwtSvid>>(
                _api.WatchJwtSvidsAsync([.. svid.Audience], spiffeId: null, cancellationToken),
                news => HandleAsync(part, news, svids => FileContent.Create(svids, svid.Path, _configuration)));
        }
    }

    /// <summary>Does all that can be done now.</summary>
    private async Task<IReadOnlyList<HelperEvent>> ContinueAsync(INewsSource[] sources)
    {
        List<HelperEvent> events = [];
        foreach (INewsSource source in sources.Where(source => source.Next.IsCompleted))
        {
            events.AddRange(await source.TakeAsync().ConfigureAwait(false));
        }

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

    private async Task<IReadOnlyList<HelperEvent>> HandleAsync<T>(FilePart part, WatchEvent<T> news, Func<T, FileContent> create)
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

        bool isKept = _options.OnWithdrawn == HelperWithdrawalAction.Keep;
        HelperEvent news = new(HelperEventKind.Withdrawn, $"The agent has taken away what is in '{part.Path}'; it is {(isKept ? "kept" : "deleted")}. {error.Message}")
        {
            SpiffeId = part.Content!.SpiffeId,
            ExpiresAt = part.Content.ExpiresAt?.LocalDateTime,
            Error = error,
        };
        IReadOnlyList<HelperEvent> deleted = isKept ? [] : _files.TryWrite(part, content: null);
        part.Note(FileStatus.Withdrawn);
        _end ??= _options.OnWithdrawn == HelperWithdrawalAction.Stop ? error : null;
        return [news, .. deleted];
    }

    private (HealthListener? Health, HelperEvent? Fault) StartHealth()
    {
        try
        {
            return (_configuration.HealthPort is null ? null : HealthListener.Start(_configuration, _options, _files.Parts), null);
        }
        catch (SpiffeException exception)
        {
            return (null, HelperEvent.Failed(exception));
        }
    }
}
