using System.Net;

namespace Spiffe.DevAgent;

/// <summary>
/// Finds the process behind a TCP connection from this machine. Unlike a Unix socket, TCP has no peer credentials: the
/// kernel lists the client's socket with its owner, and which processes hold it.
/// </summary>
internal static class LinuxTcpCaller
{
    // A process that is just being started holds its parent's sockets until its own program begins.
    private const int Attempts = 10;
    private static readonly TimeSpan s_pause = TimeSpan.FromMilliseconds(20);

    /// <summary>The process; null where none is found, more than one holds the socket, or it acts as another user.</summary>
    public static async Task<UnixFacts?> FindAsync(IPEndPoint client, IPEndPoint agent, CancellationToken cancellationToken)
    {
        for (int attempt = 1; ; attempt++)
        {
            if (LinuxTcpTable.Find(LinuxTcpTable.ReadLines(), client, agent) is not { } socket)
            {
                return null;
            }

            // It must hold the socket still when the facts are read: its number could have been given to a new process.
            if (LinuxSocketOwners.Find(socket.Inode) is [int processId] &&
                LinuxProcess.ReadFacts(processId) is { } facts &&
                LinuxSocketOwners.Holds(processId, socket.Inode))
            {
                return facts.UserId == socket.UserId ? facts : null;
            }

            if (attempt == Attempts)
            {
                return null;
            }

            await Task.Delay(s_pause, cancellationToken);
        }
    }
}
