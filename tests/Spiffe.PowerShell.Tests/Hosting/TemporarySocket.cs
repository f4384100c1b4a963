using System.Net.Sockets;

namespace Spiffe.Tests.Hosting;

/// <summary>A path for a socket in a folder of its own.</summary>
internal sealed class TemporarySocket : IDisposable
{
    private readonly DirectoryInfo _folder = Directory.CreateTempSubdirectory("spiffe-test-");

    public string Path => System.IO.Path.Combine(_folder.FullName, "agent.sock");

    public Socket Listen()
    {
        Socket listener = new(AddressFamily.Unix, SocketType.Stream, ProtocolType.Unspecified);
        listener.Bind(new UnixDomainSocketEndPoint(Path));
        listener.Listen();
        return listener;
    }

    public void Dispose() => _folder.Delete(recursive: true);
}
