using System.Net.Sockets;

namespace Spiffe.DevAgent;

/// <summary>The file of the agent's socket: taken over safely, and removed with the agent.</summary>
internal sealed class SocketFile : IDisposable
{
    // Who may connect is decided by the folders above, as with SPIRE's agent.
    private const UnixFileMode AnyLocalUser = (UnixFileMode)0b111_111_111;

    private readonly DirectoryInfo? _privateFolder;

    private SocketFile(string path, DirectoryInfo? privateFolder)
    {
        Path = path;
        _privateFolder = privateFolder;
    }

    public string Path { get; }

    public string Endpoint => WorkloadApiEndpoint.ParseUserInput(Path).ToString();

    /// <summary>Makes sure that a socket can be opened at the endpoint, or in a new private folder.</summary>
    /// <exception cref="AgentException">Somebody lives there, or it is no place for a socket.</exception>
    public static SocketFile Claim(WorkloadApiEndpoint? endpoint)
    {
        if (endpoint is null)
        {
            DirectoryInfo folder = Directory.CreateTempSubdirectory("spiffe-agent-");
            return new SocketFile(System.IO.Path.Combine(folder.FullName, "agent.sock"), folder);
        }

        string path = endpoint.Address;
        if (!Directory.Exists(System.IO.Path.GetDirectoryName(path)))
        {
            throw new AgentException($"The folder of the socket '{path}' does not exist.");
        }

        if (File.Exists(path) || Directory.Exists(path))
        {
            RemoveAbandoned(path);
        }

        return new SocketFile(path, privateFolder: null);
    }

    /// <summary>Lets other users connect, once the socket is there.</summary>
    public void Open()
    {
        if (!OperatingSystem.IsWindows())
        {
            File.SetUnixFileMode(Path, AnyLocalUser);
        }
    }

    public void Dispose()
    {
        File.Delete(Path);
        _privateFolder?.Delete(recursive: true);
    }

    private static void RemoveAbandoned(string path)
    {
        if (!IsSocket(path))
        {
            throw new AgentException($"'{path}' is there and is not a socket.");
        }

        using Socket probe = new(AddressFamily.Unix, SocketType.Stream, ProtocolType.Unspecified);
        try
        {
            probe.Connect(new UnixDomainSocketEndPoint(path));
        }
        catch (SocketException exception) when (exception.SocketErrorCode == SocketError.ConnectionRefused)
        {
            File.Delete(path);
            return;
        }
        catch (SocketException exception)
        {
            throw new AgentException($"The socket '{path}' is there and cannot be examined: {exception.Message}", exception);
        }

        throw new AgentException($"Another process already listens on '{path}'.");
    }

    /// <summary>A socket is neither a folder nor anything that can be opened as a file (ENXIO).</summary>
    private static bool IsSocket(string path)
    {
        if (Directory.Exists(path))
        {
            return false;
        }

        try
        {
            File.OpenHandle(path).Dispose();
            return false;
        }
        catch (IOException)
        {
            return true;
        }
        catch (UnauthorizedAccessException exception)
        {
            throw new AgentException($"'{path}' is there and cannot be examined: {exception.Message}", exception);
        }
    }
}
