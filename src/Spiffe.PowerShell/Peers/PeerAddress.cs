using System.Globalization;
using System.Net;

namespace Spiffe.Commands;

/// <summary>Reads <c>HOST:PORT</c> or <c>tcp://HOST:PORT</c>, with an IPv6 address in brackets.</summary>
internal static class PeerAddress
{
    private const string Scheme = "tcp://";

    /// <exception cref="SpiffeException"><see cref="SpiffeErrorReason.RequestInvalid"/></exception>
    public static DnsEndPoint Parse(string text)
    {
        string address = text.StartsWith(Scheme, StringComparison.OrdinalIgnoreCase) ? text[Scheme.Length..] : text;
        int colon = address.LastIndexOf(':');
        string host = colon > 0 ? address[..colon] : string.Empty;
        bool isBracketed = host.StartsWith('[') && host.EndsWith(']');
        host = isBracketed ? host[1..^1] : host;
        return ushort.TryParse(address.AsSpan(colon + 1), NumberStyles.None, CultureInfo.InvariantCulture, out ushort port) &&
            port > 0 && Uri.CheckHostName(host) is not UriHostNameType.Unknown && (isBracketed || !host.Contains(':', StringComparison.Ordinal))
            ? new DnsEndPoint(host, port)
            : throw new SpiffeException(
                SpiffeErrorReason.RequestInvalid,
                $"{Quoted.Text(text)} is not the address of a peer; expected HOST:PORT, such as 'orders.example.org:8443' or '[::1]:8443'.");
    }
}
