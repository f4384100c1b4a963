using System.Globalization;
using System.Net;
using System.Runtime.InteropServices;

namespace Spiffe.DevAgent;

/// <summary>The kernel's list of TCP sockets, <c>/proc/net/tcp</c> and <c>tcp6</c> (proc_net_tcp(5)).</summary>
internal static class LinuxTcpTable
{
    private const string Established = "01";

    private const int LocalIndex = 1;
    private const int RemoteIndex = 2;
    private const int StateIndex = 3;
    private const int UserIdIndex = 7;
    private const int InodeIndex = 9;

    private static readonly string[] s_files = ["/proc/net/tcp", "/proc/net/tcp6"];

    public static IEnumerable<string> ReadLines() => s_files.Where(File.Exists).SelectMany(File.ReadLines);

    /// <summary>The socket at the client's end of a connection; null unless there is exactly one.</summary>
    /// <param name="lines">The list.</param>
    /// <param name="client">The client's address and port.</param>
    /// <param name="agent">The agent's.</param>
    public static (uint UserId, long Inode)? Find(IEnumerable<string> lines, IPEndPoint client, IPEndPoint agent)
    {
        string[] locals = Write(client);
        string[] remotes = Write(agent);
        (uint UserId, long Inode)? found = null;
        foreach (string line in lines)
        {
            string[] fields = line.Split(' ', StringSplitOptions.RemoveEmptyEntries);
            if (fields.Length <= InodeIndex || fields[StateIndex] != Established ||
                !locals.Contains(fields[LocalIndex]) || !remotes.Contains(fields[RemoteIndex]))
            {
                continue;
            }

            if (found is not null)
            {
                return null;
            }

            found = (
                uint.Parse(fields[UserIdIndex], CultureInfo.InvariantCulture),
                long.Parse(fields[InodeIndex], CultureInfo.InvariantCulture));
        }

        return found;
    }

    /// <summary>As the list has it; an IPv6 socket that speaks IPv4 has the address in its longer form.</summary>
    private static string[] Write(IPEndPoint endPoint)
    {
        IPAddress address = endPoint.Address.IsIPv4MappedToIPv6 ? endPoint.Address.MapToIPv4() : endPoint.Address;
        string port = endPoint.Port.ToString("X4", CultureInfo.InvariantCulture);
        return [$"{Write(address)}:{port}", $"{Write(address.MapToIPv6())}:{port}"];
    }

    /// <summary>Groups of four bytes, each as a number in this machine's own order.</summary>
    private static string Write(IPAddress address) => string.Concat(
        MemoryMarshal.Cast<byte, uint>(address.GetAddressBytes()).ToArray()
            .Select(group => group.ToString("X8", CultureInfo.InvariantCulture)));
}
