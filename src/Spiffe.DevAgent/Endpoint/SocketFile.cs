using System.Net.Sockets;
using System.Security.Cryptography;

namespace Spiffe.DevAgent;

/// <summary>The agent's socket and its file: taken over safely, and removed with the agent.</summary>
internal sealed class SocketFile : IDisposable
{
    // Who may connect is decided by the folders above, as with SPIRE's agent.
    private const UnixFileMode AnyLocalUser = (UnixFileMode)0b111_111_111;

    private const int Backlog = 512;

    // "No such device or address": what open(2) says of a socket, on Linux and on macOS.
    private const int Enxio = 6;

    private readonly DirectoryInfo? _privateFolder;

    private SocketFile(string path, DirectoryInfo? privateFolder)
    {
        Path = path;
        _privateFolder = privateFolder;
        try
        {
            Listener = Listen(path);
        }
        catch
        {
            privateFolder?.Delete(recursive: true);
            throw;
        }
    }

    public string Path { get; }

    public string Endpoint => WorkloadApiEndpoint.ParseUserInput(Path).ToString();

    /// <summary>The socket, listening; whoever serves it also closes it.</summary>
    public Socket Listener { get; }

    /// <summary>Listens at the endpoint, or in a new private folder.</summary>
    /// <exception cref="AgentException">Somebody lives there, or it is no place for a socket.</exception>
    public static SocketFile Open(WorkloadApiEndpoint? endpoint)
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

    /// <summary>Removes the file, unless somebody else has put theirs in its place.</summary>
    public void Dispose()
    {
        Listener.Dispose();
        try
        {
            if (File.Exists(Path) && IsSocket(Path) && FindFault(Path) is null)
            {
                File.Delete(Path);
            }

            _privateFolder?.Delete(recursive: true);
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException)
        {
            // What may no longer be touched is no longer the agent's.
        }
    }

    /// <summary>Opens the socket under another name first: it appears only when it answers and has its mode.</summary>
    private static Socket Listen(string path)
    {
        // .NET removes the name that a socket was bound to when it closes, whoever owns that name by then: not this one.
        string staging = System.IO.Path.Combine(
            System.IO.Path.GetDirectoryName(path)!, "." + RandomNumberGenerator.GetHexString(6, lowercase: true));
        Socket socket = new(AddressFamily.Unix, SocketType.Stream, ProtocolType.Unspecified);
        try
        {
            socket.Bind(new UnixDomainSocketEndPoint(staging));
            socket.Listen(Backlog);
            if (!OperatingSystem.IsWindows())
            {
                File.SetUnixFileMode(staging, AnyLocalUser);
            }

            File.Move(staging, path);
            return socket;
        }
        catch (Exception exception) when (
            exception is SocketException or IOException or UnauthorizedAccessException or ArgumentException)
        {
            socket.Dispose();
            throw new AgentException($"The socket '{path}' cannot be opened: {exception.Message}", exception);
        }
    }

    private static void RemoveAbandoned(string path)
    {
        try
        {
            string? fault = IsSocket(path) ? FindFault(path) : $"'{path}' is there and is not a socket.";
            if (fault is not null)
            {
                throw new AgentException(fault);
            }

            File.Delete(path);
        }
        catch (UnauthorizedAccessException exception)
        {
            throw new AgentException($"'{path}' is there and cannot be replaced: {exception.Message}", exception);
        }
    }

    /// <summary>Why a socket may not be removed; null if nobody listens on it.</summary>
    private static string? FindFault(string path)
    {
        using Socket probe = new(AddressFamily.Unix, SocketType.Stream, ProtocolType.Unspecified);
        try
        {
            probe.Connect(new UnixDomainSocketEndPoint(path));
            return $"Another process already listens on '{path}'.";
        }
        catch (SocketException exception)
        {
            return exception.SocketErrorCode == SocketError.ConnectionRefused
                ? null
                : $"The socket '{path}' is there and cannot be examined: {exception.Message}";
        }
    }

    private static bool IsSocket(string path)
    {
        try
        {
            // For writing too: to open a FIFO for reading alone would wait for a writer.
            using FileStream stream = new(path, FileMode.Open, FileAccess.ReadWrite, FileShare.ReadWrite);
            return false;
        }
        catch (IOException exception)
        {
            return exception.HResult == Enxio;
        }
        catch (UnauthorizedAccessException) when (Directory.Exists(path))
        {
            return false;
        }
    }
}
