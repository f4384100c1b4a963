using System.Net.Sockets;
using System.Security.Cryptography;

namespace Spiffe.DevAgent;

/// <summary>The agent's socket and its file: taken over safely, and removed with the agent.</summary>
/// <remarks>
/// A name cannot be removed on the condition that it still means the same socket. So agents take turns, and what was found
/// abandoned is moved aside and checked once more before it is deleted: a process that does not take the lock may have bound it.
/// </remarks>
internal sealed class SocketFile : IDisposable
{
    // Who may connect is decided by the folders above, as with SPIRE's agent.
    private const UnixFileMode AnyLocalUser = (UnixFileMode)0b111_111_111;

    private const int Backlog = 512;

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

    /// <summary>The socket, listening; the server that takes it also closes it.</summary>
    public Socket Listener { get; }

    private string Folder => System.IO.Path.GetDirectoryName(Path)!;

    /// <summary>Listens at the endpoint or, without one, in a new private folder.</summary>
    /// <exception cref="AgentException">Another process is listening there, or no socket can be created there.</exception>
    public static SocketFile Open(WorkloadApiEndpoint? endpoint)
    {
        if (endpoint is null)
        {
            DirectoryInfo folder = Directory.CreateTempSubdirectory("spiffe-agent-");
            return new SocketFile(System.IO.Path.Combine(folder.FullName, "agent.sock"), folder);
        }

        string path = endpoint.Address;
        return Directory.Exists(System.IO.Path.GetDirectoryName(path))
            ? new SocketFile(path, privateFolder: null)
            : throw new AgentException($"The folder of the socket '{path}' does not exist.");
    }

    /// <summary>Removes the file, unless another process has replaced it.</summary>
    public void Dispose()
    {
        Listener.Dispose();
        try
        {
            using (FolderLock? turn = FolderLock.Take(Folder))
            {
                RemoveAbandoned(Path);
            }

            _privateFolder?.Delete(recursive: true);
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException or AgentException)
        {
            // What may no longer be touched is no longer the agent's.
        }
    }

    /// <summary>Opens the socket under another name first: it appears only when it answers and has its mode.</summary>
    private static Socket Listen(string path)
    {
        // .NET removes the name that a socket was bound to when it closes, even if another process owns that name by then. This class does not.
        string staging = CreateNameBeside(path);
        Socket socket = new(AddressFamily.Unix, SocketType.Stream, ProtocolType.Unspecified);
        try
        {
            socket.Bind(new UnixDomainSocketEndPoint(staging));
            socket.Listen(Backlog);
            if (!OperatingSystem.IsWindows())
            {
                File.SetUnixFileMode(staging, AnyLocalUser);
            }

            using FolderLock? turn = FolderLock.Take(System.IO.Path.GetDirectoryName(path)!);
            if (RemoveAbandoned(path) is { } fault)
            {
                throw new AgentException(fault);
            }

            return FreeName.TryMove(staging, path)
                ? socket
                : throw new AgentException(SocketProbe.FindFault(path) ?? $"Another process has taken '{path}'.");
        }
        catch (Exception exception) when (
            exception is SocketException or IOException or UnauthorizedAccessException or ArgumentException)
        {
            socket.Dispose();
            throw new AgentException($"The socket '{path}' cannot be opened: {exception.Message}", exception);
        }
        catch
        {
            socket.Dispose();
            throw;
        }
    }

    /// <summary>Removes a socket on which no process is listening. Returns why it must not, or null if the name is now free.</summary>
    private static string? RemoveAbandoned(string path)
    {
        if (SocketProbe.FindFault(path) is { } fault)
        {
            return fault;
        }

        string aside = CreateNameBeside(path);
        try
        {
            // With overwriting: only then .NET renames, which takes what is there at this instant and nothing else.
            File.Move(path, aside, overwrite: true);
        }
        catch (FileNotFoundException)
        {
            return null;
        }

        fault = SocketProbe.FindFault(aside, path);
        if (fault is null)
        {
            File.Delete(aside);
            return null;
        }

        return FreeName.TryMove(aside, path) ? fault : $"{fault} It is now '{aside}', because another agent took its place meanwhile.";
    }

    private static string CreateNameBeside(string path) => System.IO.Path.Combine(
        System.IO.Path.GetDirectoryName(path)!, "." + RandomNumberGenerator.GetHexString(6, lowercase: true));
}
