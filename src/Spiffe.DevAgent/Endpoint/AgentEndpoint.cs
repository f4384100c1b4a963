using Microsoft.AspNetCore.Connections;
using Microsoft.AspNetCore.Server.Kestrel.Core;

namespace Spiffe.DevAgent;

/// <summary>Where the agent listens, and how it learns who calls there. Only local places are any (Workload Endpoint, section 2).</summary>
internal abstract class AgentEndpoint : IDisposable
{
    /// <summary>The address, as clients are told it.</summary>
    public abstract string Address { get; }

    /// <summary>Opens the endpoint or, without one, a place of the agent's own.</summary>
    /// <exception cref="AgentException">It cannot be had, or its callers could not be identified.</exception>
    public static AgentEndpoint Open(WorkloadApiEndpoint? endpoint) => endpoint?.Kind switch
    {
        EndpointKind.Tcp => TcpEndpoint.Open(endpoint),
        EndpointKind.NamedPipe => OpenPipe(endpoint),
        null when OperatingSystem.IsWindows() => PipeEndpoint.OpenPrivate(),
        _ => OpenUnix(endpoint),
    };

    /// <summary>Has the host listen here. Who called is a feature of each connection: a <see cref="Caller"/>, or none.</summary>
    public abstract void Serve(IWebHostBuilder host);

    public abstract void Dispose();

    /// <summary>The process at the other end; null refuses whatever it asks for.</summary>
    protected abstract ValueTask<Caller?> IdentifyAsync(ConnectionContext connection);

    protected void Configure(ListenOptions options)
    {
        options.Protocols = HttpProtocols.Http2;
        options.Use(next => async connection =>
        {
            // When it opens the connection a caller is surely there; what it is called for comes later.
            connection.Features.Set(await IdentifyAsync(connection));
            await next(connection);
        });
    }

    private static UnixEndpoint OpenUnix(WorkloadApiEndpoint? endpoint) => OperatingSystem.IsWindows()
        ? throw new AgentException(
            $"The agent does not listen at {endpoint}: over a Unix socket Windows does not say who calls. Use 'npipe:name'.")
        : new UnixEndpoint(SocketFile.Open(endpoint));

    private static PipeEndpoint OpenPipe(WorkloadApiEndpoint endpoint) => OperatingSystem.IsWindows()
        ? PipeEndpoint.Open(endpoint)
        : throw new AgentException(
            $"The agent does not listen at {endpoint}: there are named pipes on Windows only. Use 'unix:///path'.");
}
