using System.Net;
using System.Net.Sockets;
using System.Security.Cryptography;

namespace Spiffe.Tls;

/// <summary>The sockets of a tunnel.</summary>
internal static class TunnelSocket
{
    private const int Backlog = 1024;

    /// <summary>Starts to listen at an IP address.</summary>
    /// <exception cref="SocketException">It is in use, or not of this machine.</exception>
    public static Socket Listen(IPEndPoint endPoint)
    {
        Socket socket = Create(endPoint);
        try
        {
            socket.Bind(endPoint);
            socket.Listen(Backlog);
            return socket;
        }
        catch
        {
            socket.Dispose();
            throw;
        }
    }

    /// <summary>Starts to listen at a path. A socket that a process left behind there is replaced.</summary>
    /// <exception cref="SocketException">No socket can be there.</exception>
    /// <exception cref="IOException">Something else is there.</exception>
    public static Socket Listen(string path, UnixFileMode mode)
    {
        // .NET removes the name that a socket was bound to when it closes, no matter whose that name is by then: not this one.
        // And so the socket appears only when it answers and has its mode.
        string folder = Path.GetDirectoryName(path)!;
        if (!Directory.Exists(folder))
        {
            throw new IOException($"the folder '{folder}' does not exist.");
        }

        string staging = Path.Combine(folder, "." + RandomNumberGenerator.GetHexString(6, lowercase: true));
        UnixDomainSocketEndPoint endPoint = new(staging);
        Socket socket = Create(endPoint);
        try
        {
            socket.Bind(endPoint);
            if (!OperatingSystem.IsWindows())
            {
                File.SetUnixFileMode(staging, mode);
            }

            socket.Listen(Backlog);
            if (SocketProbe.FindFault(path) is { } fault)
            {
                throw new IOException(fault);
            }

            File.Delete(path);
            return FreeName.TryMove(staging, path)
                ? socket
                : throw new IOException(SocketProbe.FindFault(path) ?? $"Another process has taken '{path}'.");
        }
        catch
        {
            socket.Dispose();
            throw;
        }
    }

    /// <summary>Removes the file of a socket that was closed, unless another process listens there by now.</summary>
    public static void RemoveFile(string path)
    {
        try
        {
            if (SocketProbe.FindFault(path) is null)
            {
                File.Delete(path);
            }
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException)
        {
            // What may no longer be touched is no longer the tunnel's; the next one replaces it.
        }
    }

    /// <summary>Connects to the target.</summary>
    /// <exception cref="SpiffeException"><see cref="SpiffeErrorReason.PeerUnreachable"/></exception>
    public static async Task<Socket> ConnectAsync(EndPoint target, CancellationToken cancellationToken)
    {
        Socket socket = Create(target);
        try
        {
            await socket.ConnectAsync(target, cancellationToken).ConfigureAwait(false);
            Tune(socket);
            return socket;
        }
        catch (Exception exception)
        {
            socket.Dispose();
            throw exception is SocketException fault
                ? new SpiffeException(
                    SpiffeErrorReason.PeerUnreachable,
                    $"Cannot connect to {Describe(target)}: {SocketFault.Describe(fault, target)}.",
                    exception)
                : exception;
        }
    }

    /// <summary>Small writes go out at once, and a peer whose machine is gone is noticed some day.</summary>
    public static void Tune(Socket socket)
    {
        if (socket.AddressFamily != AddressFamily.Unix)
        {
            socket.NoDelay = true;
            socket.SetSocketOption(SocketOptionLevel.Socket, SocketOptionName.KeepAlive, optionValue: true);
        }
    }

    /// <summary>The address as users write it.</summary>
    public static string Describe(EndPoint? endPoint) => endPoint switch
    {
        UnixDomainSocketEndPoint => "unix://" + Uri.EscapeDataString(endPoint.ToString()!).Replace("%2F", "/", StringComparison.Ordinal),
        DnsEndPoint dns => dns.Host.Contains(':', StringComparison.Ordinal) ? $"[{dns.Host}]:{dns.Port}" : $"{dns.Host}:{dns.Port}",
        IPEndPoint => $"tcp://{endPoint}",
        _ => string.Empty,
    };

    private static Socket Create(EndPoint endPoint) => endPoint switch
    {
        UnixDomainSocketEndPoint => new Socket(AddressFamily.Unix, SocketType.Stream, ProtocolType.Unspecified),
        IPEndPoint => new Socket(endPoint.AddressFamily, SocketType.Stream, ProtocolType.Tcp),
        _ => new Socket(SocketType.Stream, ProtocolType.Tcp),
    };
}
