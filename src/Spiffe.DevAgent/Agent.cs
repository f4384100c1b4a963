using System.Security.Cryptography.X509Certificates;
using System.Text.Json;
using Microsoft.Extensions.Diagnostics.HealthChecks;

namespace Spiffe.DevAgent;

/// <summary>A running agent: authorities, entries and the endpoint that serves them.</summary>
internal sealed class Agent : IAsyncDisposable
{
    private static readonly TimeSpan s_shutdownPatience = TimeSpan.FromSeconds(1);

    private readonly WebApplication _application;
    private readonly AgentEndpoint _endpoint;
    private readonly AuthorityStore? _store;
    private readonly AgentSettings _settings;
    private readonly AgentLog _log;
    private readonly BundleServer? _bundleServer;

    private Agent(
        WebApplication application,
        AgentEndpoint endpoint,
        BundleServer? bundleServer,
        AuthorityStore? store,
        AgentSettings settings,
        AgentLog log)
    {
        _application = application;
        _bundleServer = bundleServer;
        _endpoint = endpoint;
        _store = store;
        _settings = settings;
        _log = log;
    }

    public string Endpoint => _endpoint.Address;

    /// <summary>Where others fetch the bundle; null for nowhere.</summary>
    public Uri? BundleEndpointUri => _bundleServer?.Uri;

    /// <summary>The web authority that the agent made for its bundle endpoint; null where it made none.</summary>
    public X509Certificate2? BundleEndpointAuthority => _bundleServer?.WebAuthority;

    /// <summary>How many streams are open now.</summary>
    public int OpenStreams => _application.Services.GetRequiredService<OpenStreams>().Count;

    /// <exception cref="AgentException">The endpoint, or what is kept on disk, cannot be had.</exception>
    public static async Task<Agent> StartAsync(AgentSettings settings, AgentLog log)
    {
        AuthorityStore? store = null;
        AgentEndpoint? endpoint = null;
        WebApplication? application = null;
        try
        {
            store = settings.DataPath is null ? null : AuthorityStore.Open(settings.DataPath, settings.TrustDomain);
            endpoint = AgentEndpoint.Open(settings.Endpoint);
            application = Build(settings, endpoint, store, log);
            await application.StartAsync();
            BundleServer? bundleServer = settings.BundleEndpoint is null
                ? null
                : await BundleServer.StartAsync(settings, application.Services, log);
            log.Write(
                $"listening on {endpoint.Address}, trust domain {settings.TrustDomain}, " +
                $"{settings.Config.Entries?.Count.ToString(provider: null) ?? "per-user"} entries");
            return new Agent(application, endpoint, bundleServer, store, settings, log);
        }
        catch
        {
            if (application is not null)
            {
                await application.DisposeAsync();
            }

            endpoint?.Dispose();
            store?.Dispose();
            throw;
        }
    }

    /// <summary>What the parent waits for: one line of JSON.</summary>
    public string DescribeReady() => JsonSerializer.Serialize(
        new ReadyMessage(Endpoint, Environment.ProcessId, _settings.TrustDomain.Name)
        {
            BundleEndpoint = BundleEndpointUri?.ToString(),
            BundleEndpointSpiffeId = _settings.BundleEndpoint is { Profile: BundleEndpointProfile.HttpsSpiffe } served
                ? served.SpiffeId.ToString()
                : null,
            BundleEndpointAuthority = BundleEndpointAuthority?.ExportCertificatePem(),
        },
        ContractJson.Default.ReadyMessage);

    /// <summary>Executes a request of the parent, a line of JSON, and returns the answer as another one.</summary>
    public string Update(string line) => _application.Services.GetRequiredService<AgentControl>().Apply(line);

    public async ValueTask DisposeAsync()
    {
        if (_bundleServer is not null)
        {
            await _bundleServer.DisposeAsync();
        }

        await _application.StopAsync();
        await _application.DisposeAsync();
        _endpoint.Dispose();
        _store?.Dispose();
        _log.Write("stopped");
    }

    private static WebApplication Build(
        AgentSettings settings, AgentEndpoint endpoint, AuthorityStore? store, AgentLog log)
    {
        // Nothing but the settings counts: Kestrel's own variables could open a port on the network.
        WebApplicationBuilder builder = WebApplication.CreateEmptyBuilder(new WebApplicationOptions
        {
            ContentRootPath = AppContext.BaseDirectory,
        });
        builder.WebHost.UseKestrelCore();
        builder.Services.Configure<HostOptions>(options => options.ShutdownTimeout = s_shutdownPatience);
        builder.Services.AddSingleton<IHostLifetime, ParentLifetime>();
        AddState(builder.Services, settings, store, log);
        builder.Services.AddGrpcReflection();
        builder.Services.AddGrpcHealthChecks().AddCheck("agent", () => HealthCheckResult.Healthy());
        builder.Services.AddGrpc(options =>
        {
            options.Interceptors.Add<SecurityHeaderInterceptor>();
            options.Interceptors.Add<FaultInterceptor>();
        });
        endpoint.Serve(builder.WebHost);
        WebApplication application = builder.Build();
        application.MapGrpcService<WorkloadApiService>();
        application.MapGrpcReflectionService();
        application.MapGrpcHealthChecksService();
        return application;
    }

    private static void AddState(IServiceCollection services, AgentSettings settings, AuthorityStore? store, AgentLog log)
    {
        ChangeSignal changes = new();
        SvidIssuer issuer = new(settings, store, changes, log);
        EntryTable entries = new(settings.TrustDomain, settings.SvidTtl, settings.Config.Entries);
        FederatedBundles bundles = new();
        services
            .AddSingleton(settings)
            .AddSingleton(log)
            .AddSingleton(changes)
            .AddSingleton(issuer)
            .AddSingleton(entries)
            .AddSingleton(bundles)
            .AddSingleton<Redactions>()
            .AddSingleton<FaultSwitch>()
            .AddSingleton<CallerAccess>()
            .AddSingleton<Answers>()
            .AddSingleton<SharedAnswers>()
            .AddSingleton<OpenStreams>()
            .AddSingleton<UpdateReader>()
            .AddSingleton<AgentControl>()
            .AddHostedService<RotationService>();
        if (settings.ConfigPath is not null || settings.Config.Federated.Count > 0)
        {
            EndpointFollower endpoints = new(issuer, bundles, changes, log);
            FileFollower files = new(settings, entries, bundles, endpoints, changes, log);
            services.AddHostedService(_ => endpoints).AddHostedService(_ => files);
        }

        if (settings.BundlePath is not null)
        {
            BundlePublisher publisher = BundlePublisher.Create(settings.BundlePath, issuer, changes, log);
            services.AddHostedService(_ => publisher);
        }
    }
}
