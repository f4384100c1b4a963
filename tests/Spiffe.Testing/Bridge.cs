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
    private volatile bool _isSilent;
    private int _connections;

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
        // Short: where .NET makes a socket of the pipe, its path has to fit, and the temporary folder of macOS is long.
        string name = "spiffe-test-" + Path.GetRandomFileName();
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

    /// <summary>How many connections were made so far.</summary>
    public int Connections => Volatile.Read(ref _connections);

    /// <summary>From here on no byte gets through, as where a machine is gone; connections stay open.</summary>
    public void FallSilent() => _isSilent = true;

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
        Interlocked.Increment(ref _connections);
        await using Stream door = client;
        using Socket socket = new(AddressFamily.Unix, SocketType.Stream, ProtocolType.Unspecified);
        try
        {
            await socket.ConnectAsync(new UnixDomainSocketEndPoint(_socketPath), _end.Token);
            await using NetworkStream room = new(socket);
            await Task.WhenAny(CopyAsync(door, room), CopyAsync(room, door));
        }
        catch (OperationCanceledException)
        {
            // The bridge is taken down with its connections.
        }
    }

    private async Task CopyAsync(Stream source, Stream target)
    {
        byte[] buffer = new byte[8192];
        while (await source.ReadAsync(buffer, _end.Token) is > 0 and int count)
        {
            await (_isSilent ? Task.Delay(Timeout.Infinite, _end.Token) : target.WriteAsync(buffer.AsMemory(0, count), _end.Token).AsTask());
        }
    }
}
