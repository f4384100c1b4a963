using System.Net;
using System.Net.Security;
using System.Security.Authentication;
using System.Security.Cryptography.X509Certificates;
using Microsoft.AspNetCore.Hosting.Server;
using Microsoft.AspNetCore.Hosting.Server.Features;
using Microsoft.AspNetCore.Http.Features;
using Microsoft.AspNetCore.Server.Kestrel.Https;

namespace Spiffe.DevAgent;

/// <summary>Serves the trust domain's bundle over HTTPS, to anyone who asks (Federation, section 5).</summary>
/// <remarks>A host of its own: clients that fetch the bundle must not reach the Workload API.</remarks>
internal sealed class BundleServer : IAsyncDisposable
{
    private const int MaxConnections = 100;

    private static readonly TimeSpan s_shutdownPatience = TimeSpan.FromSeconds(1);

    // Mozilla's intermediate configuration, as section 5 asks for it. On Windows the system has its own list.
    private static readonly TlsCipherSuite[] s_cipherSuites =
    [
        TlsCipherSuite.TLS_AES_128_GCM_SHA256,
        TlsCipherSuite.TLS_AES_256_GCM_SHA384,
        TlsCipherSuite.TLS_CHACHA20_POLY1305_SHA256,
        TlsCipherSuite.TLS_ECDHE_ECDSA_WITH_AES_128_GCM_SHA256,
        TlsCipherSuite.TLS_ECDHE_RSA_WITH_AES_128_GCM_SHA256,
        TlsCipherSuite.TLS_ECDHE_ECDSA_WITH_AES_256_GCM_SHA384,
        TlsCipherSuite.TLS_ECDHE_RSA_WITH_AES_256_GCM_SHA384,
        TlsCipherSuite.TLS_ECDHE_ECDSA_WITH_CHACHA20_POLY1305_SHA256,
        TlsCipherSuite.TLS_ECDHE_RSA_WITH_CHACHA20_POLY1305_SHA256,
    ];

    private readonly WebApplication _application;
    private readonly ServerCertificate _certificate;

    private BundleServer(WebApplication application, ServerCertificate certificate, Uri uri)
    {
        _application = application;
        _certificate = certificate;
        Uri = uri;
    }

    /// <summary>What others fetch the bundle from.</summary>
    public Uri Uri { get; }

    /// <summary>The web authority that a client must trust; null where there is none of the agent's own.</summary>
    public X509Certificate2? WebAuthority => _certificate.Authority;

    /// <exception cref="AgentException">The address or the certificate cannot be had.</exception>
    public static async Task<BundleServer> StartAsync(AgentSettings settings, IServiceProvider agent, AgentLog log)
    {
        BundleEndpointSettings endpoint = settings.BundleEndpoint!;
        FaultSwitch faults = agent.GetRequiredService<FaultSwitch>();
        SvidIssuer issuer = agent.GetRequiredService<SvidIssuer>();
        ServerCertificate certificate = endpoint switch
        {
            { Profile: BundleEndpointProfile.HttpsSpiffe } =>
                new SvidServerCertificate(endpoint.SpiffeId, settings.SvidTtl, issuer, faults),
            { CertificatePath: { } path } => new FileServerCertificate(path, endpoint.KeyPath, log),
            _ => new WebServerCertificate(endpoint.Address.Address, faults),
        };
        WebApplication application = Build(endpoint.Address, certificate);
        BundleAnswer answer = new(issuer, faults, log, application.Lifetime.ApplicationStopping);
        application.Run(answer.SendAsync);
        try
        {
            await application.StartAsync();
        }
        catch (IOException exception)
        {
            await application.DisposeAsync();
            throw new AgentException($"The bundle endpoint cannot listen at {endpoint.Address}: {exception.Message}", exception);
        }

        int port = new Uri(application.Services.GetRequiredService<IServer>().Features
            .GetRequiredFeature<IServerAddressesFeature>().Addresses.Single()).Port;
        Uri uri = new($"https://{new IPEndPoint(endpoint.Address.Address, port)}/");
        log.Write($"bundle endpoint: listening on {uri}, profile {endpoint.Profile}");
        return new BundleServer(application, certificate, uri);
    }

    public async ValueTask DisposeAsync()
    {
        await _application.StopAsync();
        await _application.DisposeAsync();
    }

    private static WebApplication Build(IPEndPoint address, ServerCertificate certificate)
    {
        WebApplicationBuilder builder = WebApplication.CreateEmptyBuilder(new WebApplicationOptions
        {
            ContentRootPath = AppContext.BaseDirectory,
        });
        builder.Services.Configure<HostOptions>(options => options.ShutdownTimeout = s_shutdownPatience);
        builder.Services.AddSingleton<IHostLifetime, ParentLifetime>();
        builder.WebHost.UseKestrelCore().ConfigureKestrel(options =>
        {
            options.AddServerHeader = false;
            options.Limits.MaxConcurrentConnections = MaxConnections;
            options.Limits.MaxRequestBodySize = 0;
            options.Listen(address, listen => listen.UseHttps(new TlsHandshakeCallbackOptions
            {
                OnConnection = _ => new ValueTask<SslServerAuthenticationOptions>(CreateTlsOptions(certificate)),
            }));
        });
        return builder.Build();
    }

    private static SslServerAuthenticationOptions CreateTlsOptions(ServerCertificate certificate) => new()
    {
        ServerCertificateContext = certificate.Find(),
        EnabledSslProtocols = SslProtocols.Tls12 | SslProtocols.Tls13,
        CipherSuitesPolicy = OperatingSystem.IsWindows() ? null : new CipherSuitesPolicy(s_cipherSuites),

        // A resumed session would go on with the certificate that it began with.
        AllowTlsResume = false,
        ClientCertificateRequired = false,
    };
}
