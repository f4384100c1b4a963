using System.Net.Sockets;

namespace Spiffe;

/// <summary>Finds out whether a name in the file system is free, or held by a socket on which no process is listening.</summary>
internal static class SocketProbe
{
    // What open(2) says of a socket: "no such device or address" on Linux, "operation not supported on socket" on macOS.
    private const int Enxio = 6;
    private const int EopnotsuppOfMacOS = 102;

    /// <summary>Why the name may not be taken; null where it is free or its socket abandoned.</summary>
    /// <param name="path">Where to look.</param>
    /// <param name="name">What to call it, where it was moved.</param>
    public static string? FindFault(string path, string? name = null)
    {
        name ??= path;
        if (Directory.Exists(path) || new FileInfo(path).LinkTarget is not null)
        {
            return $"'{name}' exists and is not a socket.";
        }

        try
        {
            // For writing too: to open a FIFO for reading alone would wait for a writer.
            using FileStream stream = new(path, FileMode.Open, FileAccess.ReadWrite, FileShare.ReadWrite);
            return $"'{name}' exists and is not a socket.";
        }
        catch (FileNotFoundException)
        {
            return null;
        }
        catch (UnauthorizedAccessException exception)
        {
            return $"'{name}' exists and cannot be replaced: {exception.Message}";
        }
        catch (IOException exception)
        {
            return IsSocket(exception) ? FindListener(path, name) : $"'{name}' cannot be examined: {exception.Message}";
        }
    }

    private static bool IsSocket(IOException exception) =>
        exception.HResult == (OperatingSystem.IsMacOS() ? EopnotsuppOfMacOS : Enxio);

    private static string? FindListener(string path, string name)
    {
        using Socket probe = new(AddressFamily.Unix, SocketType.Stream, ProtocolType.Unspecified);
        try
        {
            probe.Connect(new UnixDomainSocketEndPoint(path));
            return $"Another process already listens on '{name}'.";
        }
        catch (SocketException exception)
        {
            return exception.SocketErrorCode == SocketError.ConnectionRefused || !File.Exists(path)
                ? null
                : $"The socket '{name}' exists and cannot be examined: {exception.Message}";
        }
    }
}
