using Microsoft.AspNetCore.Connections;
using Microsoft.AspNetCore.Connections.Features;

namespace Spiffe.DevAgent;

/// <summary>A Unix socket.</summary>
internal sealed class UnixEndpoint(SocketFile file) : AgentEndpoint
{
    public override string Address => file.Endpoint;

    public override void Serve(IWebHostBuilder host)
    {
        host.UseSockets(options => options.CreateBoundListenSocket = _ => file.Listener);
        host.ConfigureKestrel(options => options.ListenUnixSocket(file.Path, Configure));
    }

    public override void Dispose() => file.Dispose();

    protected override ValueTask<Caller?> IdentifyAsync(ConnectionContext connection) =>
        new(CallerIdentification.Identify(connection.Features.Get<IConnectionSocketFeature>()?.Socket));
}
