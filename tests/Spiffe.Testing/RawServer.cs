using System.Net.Sockets;
using System.Text;

namespace Spiffe.Testing;

/// <summary>A socket with something behind it that is no Workload API: it says one thing, or nothing at all.</summary>
public sealed class RawServer : IDisposable
{
    private readonly DirectoryInfo _folder = Directory.CreateTempSubdirectory("spiffe-test-");
    private readonly Socket _listener = new(AddressFamily.Unix, SocketType.Stream, ProtocolType.Unspecified);

    public RawServer()
    {
        _listener.Bind(new UnixDomainSocketEndPoint(SocketPath));
        _listener.Listen();
    }

    public string SocketPath => Path.Combine(_folder.FullName, "agent.sock");

    /// <summary>The next connection, for a test that talks itself; one that is not accepted is never answered.</summary>
    public ValueTask<Socket> AcceptAsync(CancellationToken cancellationToken) => _listener.AcceptAsync(cancellationToken);

    /// <summary>Answers one connection with <paramref name="greeting"/>, and ends when the client does.</summary>
    public async Task GreetAsync(string greeting, CancellationToken cancellationToken)
    {
        using Socket connection = await AcceptAsync(cancellationToken);
        byte[] buffer = new byte[1024];
        await connection.ReceiveAsync(buffer, cancellationToken);
        await connection.SendAsync(Encoding.ASCII.GetBytes(greeting), cancellationToken);
        connection.Shutdown(SocketShutdown.Send);
        try
        {
            while (await connection.ReceiveAsync(buffer, cancellationToken) > 0)
            {
            }
        }
        catch (SocketException)
        {
            // The client has seen enough and closed without reading on.
        }
    }

    /// <summary>Says <paramref name="greeting"/> as soon as a client connects, and hangs up without listening.</summary>
    public async Task BlurtAsync(string greeting, CancellationToken cancellationToken)
    {
        using Socket connection = await AcceptAsync(cancellationToken);
        await connection.SendAsync(Encoding.ASCII.GetBytes(greeting), cancellationToken);
    }

    public void Dispose()
    {
        _listener.Dispose();
        _folder.Delete(recursive: true);
    }
}
