using System.Buffers.Binary;
using System.Collections.Concurrent;
using Grpc.Core;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Server.Kestrel.Core;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;
using Spiffe.Protocol;

namespace Spiffe.Testing;

/// <summary>A Workload API on a real socket that answers as a test tells it, right or wrong.</summary>
public sealed class ScriptedWorkloadApi : IAsyncDisposable
{
    private readonly WebApplication _application;
    private readonly DirectoryInfo? _folder;
    private readonly ScriptedService _service;
    private int _connections;

    private ScriptedWorkloadApi(
        WebApplication application, DirectoryInfo? folder, string socketPath, ScriptedService service)
    {
        _application = application;
        _folder = folder;
        SocketPath = socketPath;
        _service = service;
    }

    public string Endpoint => "unix://" + SocketPath;

    public string SocketPath { get; }

    /// <summary>The metadata of every request so far, newest last.</summary>
    public ConcurrentQueue<(string Method, Metadata Headers)> Requests => _service.Requests;

    /// <summary>HTTP version, scheme and content type of every request so far.</summary>
    public IReadOnlyCollection<string> Protocols => _service.Protocols;

    /// <summary>How many calls are open now.</summary>
    public int OpenCalls => _service.OpenCalls;

    /// <summary>How many connections were accepted so far.</summary>
    public int Connections => _connections;

    public Func<IServerStreamWriter<X509SVIDResponse>, CancellationToken, Task> X509Svids
    {
        set => _service.X509Svids = value;
    }

    public Func<IServerStreamWriter<X509BundlesResponse>, CancellationToken, Task> X509Bundles
    {
        set => _service.X509Bundles = value;
    }

    public Func<IServerStreamWriter<JWTBundlesResponse>, CancellationToken, Task> JwtBundles
    {
        set => _service.JwtBundles = value;
    }

    public Func<JWTSVIDRequest, JWTSVIDResponse> JwtSvids
    {
        set => _service.JwtSvids = value;
    }

    public Func<ValidateJWTSVIDRequest, ValidateJWTSVIDResponse> Validate
    {
        set => _service.Validate = value;
    }

    /// <summary>Answers every call with one message of these bytes, whatever they mean.</summary>
    public byte[] RawMessage
    {
        set => _service.RawMessage = value;
    }

    /// <summary>Listens at <paramref name="socketPath"/>, or in a folder of its own.</summary>
    public static async Task<ScriptedWorkloadApi> StartAsync(string? socketPath = null)
    {
        DirectoryInfo? folder = socketPath is null ? Directory.CreateTempSubdirectory("spiffe-test-") : null;
        socketPath ??= Path.Combine(folder!.FullName, "agent.sock");
        ScriptedService service = new();
        WebApplicationBuilder builder = WebApplication.CreateSlimBuilder();
        builder.Logging.ClearProviders();
        builder.Services.AddSingleton(service);
        builder.Services.AddGrpc();
        ScriptedWorkloadApi? api = null;
        builder.WebHost.ConfigureKestrel(options => options.ListenUnixSocket(
            socketPath,
            listen =>
            {
                listen.Protocols = HttpProtocols.Http2;
                listen.Use(next => connection =>
                {
                    Interlocked.Increment(ref api!._connections);
                    return next(connection);
                });
            }));
        WebApplication application = builder.Build();
        application.Use((context, next) => service.RawMessage is { } message ? SendRawAsync(context, message) : next(context));
        application.MapGrpcService<ScriptedService>();
        api = new ScriptedWorkloadApi(application, folder, socketPath, service);
        await application.StartAsync();
        return api;
    }

    /// <summary>Sends one message and keeps the stream open.</summary>
    public static Func<IServerStreamWriter<T>, CancellationToken, Task> Always<T>(T message) => async (stream, token) =>
    {
        await stream.WriteAsync(message, token);
        await Task.Delay(Timeout.Infinite, token);
    };

    public static Func<IServerStreamWriter<T>, CancellationToken, Task> Fail<T>(StatusCode code, string detail) =>
        (_, _) => throw new RpcException(new Status(code, detail));

    public async ValueTask DisposeAsync()
    {
        using CancellationTokenSource impatience = new(TimeSpan.FromMilliseconds(200));
        await _application.StopAsync(impatience.Token);
        await _application.DisposeAsync();
        _folder?.Delete(recursive: true);
    }

    private static async Task SendRawAsync(HttpContext context, byte[] message)
    {
        // A gRPC message goes behind one byte for compression and four for its length.
        byte[] prefix = new byte[5];
        BinaryPrimitives.WriteInt32BigEndian(prefix.AsSpan(1), message.Length);
        context.Response.ContentType = "application/grpc";
        await context.Response.Body.WriteAsync((byte[])[.. prefix, .. message]);
        context.Response.AppendTrailer("grpc-status", "0");
    }
}
