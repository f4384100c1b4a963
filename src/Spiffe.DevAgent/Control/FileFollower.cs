namespace Spiffe.DevAgent;

/// <summary>Reads the configuration and the bundles of other trust domains again when their files change.</summary>
/// <remarks>A file that cannot be used changes nothing; the log says what is wrong with it, and where.</remarks>
internal sealed class FileFollower : BackgroundService
{
    private static readonly TimeSpan s_interval = TimeSpan.FromMilliseconds(500);

    private readonly AgentSettings _settings;
    private readonly EntryTable _entries;
    private readonly FederatedBundles _bundles;
    private readonly EndpointFollower _endpoints;
    private readonly ChangeSignal _changes;
    private readonly AgentLog _log;
    private readonly FollowedFile? _configFile;
    private Dictionary<TrustDomain, FollowedFile> _bundleFiles = [];

    public FileFollower(
        AgentSettings settings,
        EntryTable entries,
        FederatedBundles bundles,
        EndpointFollower endpoints,
        ChangeSignal changes,
        AgentLog log)
    {
        _settings = settings;
        _entries = entries;
        _bundles = bundles;
        _endpoints = endpoints;
        _changes = changes;
        _log = log;
        _configFile = settings.ConfigPath is null ? null : new FollowedFile(settings.ConfigPath);

        // The settings were read from it just now.
        _configFile?.HasChanged();
        Follow(settings.Config);
        ReadBundles();
    }

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        using PeriodicTimer timer = new(s_interval);
        while (await timer.WaitForNextTickAsync(stoppingToken))
        {
            if (ReadConfig() | ReadBundles())
            {
                _changes.Raise();
            }
        }
    }

    private bool ReadConfig()
    {
        if (_configFile is null || !_configFile.HasChanged())
        {
            return false;
        }

        try
        {
            AgentConfig config = ConfigReader.ReadFile(_configFile.Path, _settings.TrustDomain, _settings.SvidTtl);
            _entries.Replace(config.Entries);
            Follow(config);
            _log.Write($"read '{_configFile.Path}': {config.Entries?.Count.ToString(provider: null) ?? "per-user"} entries");
            return true;
        }
        catch (SettingsException exception)
        {
            _log.Write($"{exception.Message} What was read before stays in force.");
            return false;
        }
    }

    private void Follow(AgentConfig config)
    {
        _bundleFiles = config.FederatedBundles.ToDictionary(
            pair => pair.Key,
            pair => _bundleFiles.GetValueOrDefault(pair.Key) is { } file && file.Path == pair.Value
                ? file
                : new FollowedFile(pair.Value));
        _endpoints.Follow(config);
    }

    private bool ReadBundles()
    {
        bool hasChanged = false;
        foreach ((TrustDomain trustDomain, FollowedFile file) in _bundleFiles)
        {
            if (file.HasChanged())
            {
                hasChanged |= ReadBundle(trustDomain, file.Path);
            }
        }

        return hasChanged;
    }

    private bool ReadBundle(TrustDomain trustDomain, string path)
    {
        try
        {
            SpiffeBundle bundle = SpiffeBundle.FromSpiffeJson(trustDomain, File.ReadAllBytes(path));
            _bundles.Set(bundle);
            _log.Write($"read the bundle of '{trustDomain}' from '{path}': {bundle.Authorities}");
            return true;
        }
        catch (Exception exception) when (exception is SpiffeException or IOException or UnauthorizedAccessException)
        {
            _log.Write($"The bundle of '{trustDomain}' cannot be read from '{path}'. {exception.Message}");
            return false;
        }
    }
}
