using System.Text.Json;
using Microsoft.AspNetCore.Connections.Features;
using Microsoft.AspNetCore.Server.Kestrel.Core;
using Microsoft.Extensions.Diagnostics.HealthChecks;

namespace Spiffe.DevAgent;

/// <summary>A running agent: authorities, entries and the endpoint that serves them.</summary>
internal sealed class Agent : IAsyncDisposable
{
    private static readonly TimeSpan s_shutdownPatience = TimeSpan.FromSeconds(1);

    private readonly WebApplication _application;
    private readonly SocketFile _socket;
    private readonly AgentSettings _settings;

    private Agent(WebApplication application, SocketFile socket, AgentSettings settings, AgentLog log)
    {
        _application = application;
        _socket = socket;
        _settings = settings;
        Log = log;
    }

    public AgentLog Log { get; }

    public string Endpoint => _socket.Endpoint;

    /// <summary>How many streams are open now.</summary>
    public int OpenStreams => _application.Services.GetRequiredService<OpenStreams>().Count;

    /// <exception cref="AgentException">The endpoint cannot be had.</exception>
    public static async Task<Agent> StartAsync(AgentSettings settings, AgentLog log)
    {
        SocketFile socket = SocketFile.Open(settings.Endpoint);
        WebApplication application;
        try
        {
            application = Build(settings, socket, log);
            await application.StartAsync();
        }
        catch
        {
            socket.Dispose();
            throw;
        }

        log.Write($"listening on {socket.Endpoint}, trust domain {settings.TrustDomain}, {settings.Entries.Count} entries");
        return new Agent(application, socket, settings, log);
    }

    /// <summary>What the parent waits for: one line of JSON.</summary>
    public string DescribeReady() => JsonSerializer.Serialize(
        new ReadyMessage(Endpoint, Environment.ProcessId, _settings.TrustDomain.Name), SettingsJson.Default.ReadyMessage);

    public async ValueTask DisposeAsync()
    {
        await _application.StopAsync();
        await _application.DisposeAsync();
        _socket.Dispose();
        Log.Write("stopped");
    }

    private static WebApplication Build(AgentSettings settings, SocketFile socket, AgentLog log)
    {
        WebApplicationBuilder builder = WebApplication.CreateSlimBuilder(new WebApplicationOptions
        {
            ContentRootPath = AppContext.BaseDirectory,
        });

        // Nothing but the settings counts: Kestrel's own variables could open a port on the network.
        builder.Configuration.Sources.Clear();
        builder.Logging.ClearProviders();
        builder.Services.Configure<HostOptions>(options => options.ShutdownTimeout = s_shutdownPatience);
        builder.Services.AddSingleton<IHostLifetime, ParentLifetime>();
        builder.Services.AddSingleton(log);
        builder.Services.AddSingleton(new EntryTable(settings));
        builder.Services.AddSingleton(new SvidIssuer(settings));
        builder.Services.AddSingleton<OpenStreams>();
        builder.Services.AddGrpcReflection();
        builder.Services.AddGrpcHealthChecks().AddCheck("agent", () => HealthCheckResult.Healthy());
        builder.Services.AddGrpc(options => options.Interceptors.Add<SecurityHeaderInterceptor>());
        builder.WebHost.UseSockets(options => options.CreateBoundListenSocket = _ => socket.Listener);
        builder.WebHost.ConfigureKestrel(options =>
            options.ListenUnixSocket(socket.Path, listen =>
            {
                listen.Protocols = HttpProtocols.Http2;
                listen.Use(next => connection =>
                {
                    // When it opens the connection a caller is surely there; what it is called for comes later.
                    connection.Features.Set(
                        CallerIdentification.Identify(connection.Features.Get<IConnectionSocketFeature>()?.Socket));
                    return next(connection);
                });
            }));
        WebApplication application = builder.Build();
        application.MapGrpcService<WorkloadApiService>();
        application.MapGrpcReflectionService();
        application.MapGrpcHealthChecksService();
        return application;
    }
}
