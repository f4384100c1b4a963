using System.IO.Pipes;
using System.Net;
using System.Net.Sockets;

namespace Spiffe.Testing;

/// <summary>Another door to a Unix socket: carries every byte between it and a TCP port or a named pipe.</summary>
public sealed class Bridge : IAsyncDisposable
{
    private readonly CancellationTokenSource _end = new();
    private readonly string _socketPath;
    private readonly Task _accepting;

    private Bridge(string socketPath, string endpoint, Func<CancellationToken, Task<Stream>> accept)
    {
        _socketPath = socketPath;
        Endpoint = endpoint;
        _accepting = AcceptAllAsync(accept);
    }

    public string Endpoint { get; }

    public static Bridge FromTcp(string socketPath, IPAddress address)
    {
        TcpListener listener = new(address, port: 0);
        listener.Start();
        return new Bridge(socketPath, $"tcp://{listener.LocalEndpoint}", async token =>
        {
            using CancellationTokenRegistration stop = token.Register(listener.Stop);
            return new NetworkStream(await listener.AcceptSocketAsync(token), ownsSocket: true);
        });
    }

    public static Bridge FromPipe(string socketPath)
    {
        string name = $"spiffe-test-{Guid.NewGuid():N}";
        NamedPipeServerStream next = Create();
        return new Bridge(socketPath, $"npipe:{name}", async token =>
        {
            NamedPipeServerStream pipe = next;
            await using CancellationTokenRegistration stop = token.Register(pipe.Dispose);
            await pipe.WaitForConnectionAsync(token);
            next = Create();
            return pipe;
        });

        NamedPipeServerStream Create() => new(
            name,
            PipeDirection.InOut,
            NamedPipeServerStream.MaxAllowedServerInstances,
            PipeTransmissionMode.Byte,
            PipeOptions.Asynchronous);
    }

    public async ValueTask DisposeAsync()
    {
        await _end.CancelAsync();
        await _accepting;
        _end.Dispose();
    }

    private async Task AcceptAllAsync(Func<CancellationToken, Task<Stream>> accept)
    {
        List<Task> connections = [];
        try
        {
            while (true)
            {
                connections.Add(CarryAsync(await accept(_end.Token)));
            }
        }
        catch (OperationCanceledException)
        {
            await Task.WhenAll(connections);
        }
    }

    private async Task CarryAsync(Stream client)
    {
        await using Stream door = client;
        using Socket socket = new(AddressFamily.Unix, SocketType.Stream, ProtocolType.Unspecified);
        try
        {
            await socket.ConnectAsync(new UnixDomainSocketEndPoint(_socketPath), _end.Token);
            await using NetworkStream room = new(socket);
            await Task.WhenAny(door.CopyToAsync(room, _end.Token), room.CopyToAsync(door, _end.Token));
        }
        catch (OperationCanceledException)
        {
            // The bridge is taken down with its connections.
        }
    }
}
