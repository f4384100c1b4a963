using System.Net;
using System.Net.Sockets;
using Microsoft.AspNetCore.Connections;

namespace Spiffe.DevAgent;

/// <summary>A TCP port on loopback, under Linux, where the kernel says which process has the other end.</summary>
internal sealed class TcpEndpoint : AgentEndpoint
{
    private const int Backlog = 512;

    private readonly WorkloadApiEndpoint _endpoint;
    private readonly Socket _listener;

    private TcpEndpoint(WorkloadApiEndpoint endpoint, Socket listener)
    {
        _endpoint = endpoint;
        _listener = listener;
    }

    public override string Address => _endpoint.ToString();

    /// <exception cref="AgentException">It is not on loopback, its callers could not be identified, or it is taken.</exception>
    public static new TcpEndpoint Open(WorkloadApiEndpoint endpoint)
    {
        if (!endpoint.IsLocal)
        {
            throw new AgentException(
                $"The agent does not listen at {endpoint}: it is for this machine only, and who calls from elsewhere cannot " +
                "be identified. Use 'unix:///path', or a loopback address such as 'tcp://127.0.0.1:8081'.");
        }

        if (!OperatingSystem.IsLinux())
        {
            throw new AgentException(
                $"The agent does not listen at {endpoint}: over TCP this operating system does not say who calls. Use " +
                (OperatingSystem.IsWindows() ? "'npipe:name'." : "'unix:///path'."));
        }

        IPEndPoint address = endpoint.IPEndPoint!;
        Socket listener = new(address.AddressFamily, SocketType.Stream, ProtocolType.Tcp);
        try
        {
            listener.Bind(address);
            listener.Listen(Backlog);
            return new TcpEndpoint(endpoint, listener);
        }
        catch (SocketException exception)
        {
            listener.Dispose();
            throw new AgentException(
                exception.SocketErrorCode == SocketError.AddressAlreadyInUse
                    ? $"Another process already listens at {endpoint}."
                    : $"The agent cannot listen at {endpoint}: {exception.Message}",
                exception);
        }
    }

    public override void Serve(IWebHostBuilder host)
    {
        host.UseSockets(options => options.CreateBoundListenSocket = _ => _listener);
        host.ConfigureKestrel(options => options.Listen(_endpoint.IPEndPoint!, Configure));
    }

    public override void Dispose() => _listener.Dispose();

    protected override async ValueTask<Caller?> IdentifyAsync(ConnectionContext connection) =>
        await CallerIdentification.IdentifyAsync(
            connection.RemoteEndPoint, connection.LocalEndPoint, connection.ConnectionClosed);
}
