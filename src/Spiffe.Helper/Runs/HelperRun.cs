using System.Runtime.CompilerServices;

namespace Spiffe.Helper;

/// <summary>Keeps files fresh and the program that uses them running, until it is told to stop.</summary>
internal sealed class HelperRun
{
    private readonly IWorkloadApi _api;
    private readonly HelperConfiguration _configuration;
    private readonly HelperOptions _options;
    private readonly FileKeeper _files;
    private readonly HelperDuty _duty;

    private HelperRun(
        IWorkloadApi api, HelperConfiguration configuration, HelperOptions options, FileKeeper files, HelperDuty duty)
    {
        _api = api;
        _configuration = configuration;
        _options = options;
        _files = files;
        _duty = duty;
    }

    /// <summary>Everything that happens, as it happens. While an event is not taken, nothing else is done.</summary>
    /// <param name="api">The Workload API.</param>
    /// <param name="configuration">What to do.</param>
    /// <param name="options">What to do beyond it.</param>
    /// <param name="stop">Ends the run in an orderly way, with events.</param>
    /// <param name="cancellationToken">Ends the run without events; the program is ended all the same.</param>
    /// <exception cref="SpiffeException">Retrying cannot help, or the folder is in use.</exception>
    public static async IAsyncEnumerable<HelperEvent> RunAsync(
        IWorkloadApi api,
        HelperConfiguration configuration,
        HelperOptions options,
        CancellationToken stop,
        [EnumeratorCancellation] CancellationToken cancellationToken)
    {
        using FileKeeper files = new(configuration, options);
        using KeptCommand command = new(configuration, options);
        HelperDuty duty = new(configuration, options, files, command);
        HelperRun run = new(api, configuration, options, files, duty);
        try
        {
            await foreach (HelperEvent news in run.FollowAsync(stop, cancellationToken).ConfigureAwait(false))
            {
                yield return news;
            }

            SpiffeException? untold = ServiceManager.Tell(ServiceManager.Stopping);
            yield return new HelperEvent(HelperEventKind.Stopping, $"The helper of {configuration.Folder} stops.")
            {
                Error = duty.End ?? untold,
            };
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

        if (duty.End is { } end)
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
            while (!stop.IsCancellationRequested && !_duty.IsOver)
            {
                await Task.WhenAny([.. sources.Select(source => source.Next), .. _duty.Due, stopped.Task])
                    .WaitAsync(cancellationToken).ConfigureAwait(false);
                List<HelperEvent> events = [];
                foreach (INewsSource source in sources.Where(source => source.Next.IsCompleted))
                {
                    events.AddRange(await source.TakeAsync().ConfigureAwait(false));
                }

                events.AddRange(await _duty.ContinueAsync().ConfigureAwait(false));
                foreach (HelperEvent news in events)
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
                news => _duty.HandleAsync(x509, news, svids => FileContent.Create(svids, _configuration, _options)));
        }

        if (_files.JwtBundle is { } bundle)
        {
            yield return new NewsSource<IReadOnlyList<SpiffeBundle>>(
                _api.WatchJwtBundlesAsync(cancellationToken),
                news => _duty.HandleAsync(bundle, news, bundles => FileContent.Create(bundles, _configuration)));
        }

        foreach ((FilePart part, HelperJwtSvid svid) in _files.JwtSvids.Zip(_configuration.JwtSvids))
        {
            yield return new NewsSource<IReadOnlyList<JwtSvid>>(
                _api.WatchJwtSvidsAsync([.. svid.Audience], spiffeId: null, cancellationToken),
                news => _duty.HandleAsync(part, news, svids => FileContent.Create(svids, svid.Path, _configuration)));
        }
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
