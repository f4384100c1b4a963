using System.Collections.Concurrent;
using System.Net.Security;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Hosting.Server;
using Microsoft.AspNetCore.Hosting.Server.Features;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Server.Kestrel.Core;
using Microsoft.AspNetCore.Server.Kestrel.Https;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;

namespace Spiffe.Testing;

/// <summary>Kestrel on this machine, with TLS as a test wants it.</summary>
public sealed class TlsWebServer : IAsyncDisposable
{
    private readonly WebApplication _application;

    private TlsWebServer(WebApplication application) => _application = application;

    /// <summary>For example <c>https://127.0.0.1:43210</c>; without use where the server listens at a socket.</summary>
    public Uri Address { get; private set; } = null!;

    /// <summary>Of each request so far, its connection and the client's certificate.</summary>
    public ConcurrentQueue<(string Connection, string? Thumbprint)> Requests { get; } = new();

    /// <summary>How many connections are open now.</summary>
    public int OpenConnections => _openConnections;

    private int _openConnections;

    /// <param name="authentication">The options of one handshake.</param>
    /// <param name="answer">What to do with a request; null to answer <c>hello</c>.</param>
    /// <param name="socketPath">Where to listen; null for a free port.</param>
    public static async Task<TlsWebServer> StartAsync(
        Func<SslServerAuthenticationOptions> authentication, RequestDelegate? answer = null, string? socketPath = null)
    {
        WebApplicationBuilder builder = WebApplication.CreateSlimBuilder();
        builder.Logging.ClearProviders();
        TlsWebServer? server = null;
        builder.WebHost.ConfigureKestrel(options =>
        {
            if (socketPath is null)
            {
                options.Listen(System.Net.IPAddress.Loopback, 0, Configure);
            }
            else
            {
                options.ListenUnixSocket(socketPath, Configure);
            }
        });
        WebApplication application = builder.Build();
        server = new TlsWebServer(application);
        application.Run(context =>
        {
            server.Requests.Enqueue((context.Connection.Id, context.Connection.ClientCertificate?.Thumbprint));
            return answer is null ? context.Response.WriteAsync("hello") : answer(context);
        });
        await application.StartAsync();
        server.Address = new Uri(socketPath is null
            ? application.Services.GetRequiredService<IServer>().Features.Get<IServerAddressesFeature>()!.Addresses.Single()
            : "https://localhost");
        return server;

        void Configure(ListenOptions listen)
        {
            listen.Use(next => async connection =>
            {
                Interlocked.Increment(ref server!._openConnections);
                try
                {
                    await next(connection);
                }
                finally
                {
                    Interlocked.Decrement(ref server._openConnections);
                }
            });
            listen.UseHttps(new TlsHandshakeCallbackOptions { OnConnection = _ => ValueTask.FromResult(authentication()) });
        }
    }

    public async ValueTask DisposeAsync()
    {
        using CancellationTokenSource impatience = new(TimeSpan.FromMilliseconds(200));
        await _application.StopAsync(impatience.Token);
        await _application.DisposeAsync();
    }
}
