using System.Net;
using System.Net.Sockets;

namespace Spiffe.Commands;

/// <summary>Reads the addresses of a tunnel: <c>127.0.0.1:8080</c>, <c>orders.example.org:8443</c>, either with <c>tcp://</c> before it, or <c>unix:///run/db.sock</c>.</summary>
internal static class TunnelAddress
{
    private const string Unix = "unix:";
    private const string Tcp = "tcp:";

    /// <summary>Where to listen: an IP address and a port, which may be 0, or a Unix socket.</summary>
    /// <exception cref="SpiffeException"><see cref="SpiffeErrorReason.RequestInvalid"/></exception>
    public static EndPoint ParseListen(string text) => Parse("-Listen", text, "'tcp://127.0.0.1:8080' or 'unix:///run/tunnel.sock'", () =>
        TcpAddress.Read(text.StartsWith(Tcp, StringComparison.OrdinalIgnoreCase) ? text[Tcp.Length..] : "//" + text, takesAnyPort: true));

    /// <summary>Where to connect to: a host and a port, or a Unix socket.</summary>
    /// <exception cref="SpiffeException"><see cref="SpiffeErrorReason.RequestInvalid"/></exception>
    public static EndPoint ParseTarget(string text) => Parse("-Target", text, "'orders.example.org:8443' or 'unix:///run/db.sock'", () =>
        PeerAddress.Parse(text));

    /// <summary>Whether what goes there stays on this machine.</summary>
    public static bool IsLocal(EndPoint endPoint) => endPoint switch
    {
        UnixDomainSocketEndPoint => true,
        IPEndPoint ip => IPAddress.IsLoopback(ip.Address),
        DnsEndPoint dns => dns.Host.Equals("localhost", StringComparison.OrdinalIgnoreCase) ||
            (IPAddress.TryParse(dns.Host, out IPAddress? address) && IPAddress.IsLoopback(address)),
        _ => false,
    };

    private static EndPoint Parse(string parameter, string text, string expected, Func<EndPoint> read)
    {
        try
        {
            return text.StartsWith(Unix, StringComparison.OrdinalIgnoreCase)
                ? new UnixDomainSocketEndPoint(UnixAddress.ReadPath(text[Unix.Length..]))
                : read();
        }
        catch (FormatException exception)
        {
            throw new SpiffeException(
                SpiffeErrorReason.RequestInvalid,
                $"{parameter} is {Quoted.Text(text)}: {exception.Message}. Such an address is {expected}.",
                exception);
        }
    }
}
