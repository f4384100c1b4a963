using System.Net.Sockets;

namespace Spiffe.Benchmarks.Streams;

/// <summary>Takes connections and never says anything.</summary>
internal sealed class SilentServer : IDisposable
{
    private readonly DirectoryInfo _folder = Directory.CreateTempSubdirectory("spiffe-benchmark-");
    private readonly Socket _socket = new(AddressFamily.Unix, SocketType.Stream, ProtocolType.Unspecified);

    public SilentServer()
    {
        string path = Path.Combine(_folder.FullName, "silent.sock");
        Endpoint = "unix://" + path;
        _socket.Bind(new UnixDomainSocketEndPoint(path));
        _socket.Listen();
    }

    public string Endpoint { get; }

    public void Dispose()
    {
        _socket.Dispose();
        _folder.Delete(recursive: true);
    }
}
