using System.Collections.Concurrent;
using Spiffe.Tls;

namespace Spiffe.Commands;

/// <summary>The tunnels that this process has started.</summary>
internal static class RunningTunnels
{
    private static readonly ConcurrentDictionary<int, RunningTunnel> s_tunnels = new();

    // The operating system ends what is open, and leaves the files of Unix sockets.
    static RunningTunnels() => AppDomain.CurrentDomain.ProcessExit += (_, _) =>
    {
        foreach (RunningTunnel tunnel in s_tunnels.Values)
        {
            tunnel.CloseListener();
        }
    };

    /// <summary>Those that run, the oldest first.</summary>
    public static RunningTunnel[] Find() => [.. s_tunnels.Values.OrderBy(tunnel => tunnel.Id)];

    public static void Add(RunningTunnel tunnel) => s_tunnels[tunnel.Id] = tunnel;

    /// <summary>Stops a tunnel, unless another runspace does so already.</summary>
    public static void Stop(RunningTunnel tunnel)
    {
        if (s_tunnels.TryRemove(tunnel.Id, out _))
        {
            tunnel.DisposeAsync().AsTask().GetAwaiter().GetResult();
        }
    }
}
