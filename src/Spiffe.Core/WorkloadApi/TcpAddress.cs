using System.Globalization;
using System.Net;

namespace Spiffe;

/// <summary>The part of a <c>tcp:</c> address behind the scheme: an IP address and a port, and nothing else.</summary>
internal static class TcpAddress
{
    private const string Expected = "expected 'tcp://IP:port'";

    /// <param name="rest">What is behind <c>tcp:</c>.</param>
    /// <param name="takesAnyPort">Whether the port may be 0, by which the operating system chooses one to listen at.</param>
    /// <exception cref="FormatException">The rule that is broken.</exception>
    public static IPEndPoint Read(string rest, bool takesAnyPort = false)
    {
        if (!rest.StartsWith("//", StringComparison.Ordinal))
        {
            throw new FormatException($"it has no '//' after 'tcp:'; {Expected}");
        }

        string authority = rest[2..];
        int extra = authority.AsSpan().IndexOfAny("/?#@");
        if (extra >= 0)
        {
            string part = authority[extra] switch
            {
                '/' => "a path",
                '?' => "a query",
                '#' => "a fragment",
                _ => "user information",
            };
            throw new FormatException($"it has {part}; {Expected} and nothing else");
        }

        (string host, string port) = Split(authority);
        return new IPEndPoint(ReadHost(host), takesAnyPort && port == "0" ? 0 : ReadPort(port));
    }

    private static (string Host, string Port) Split(string authority)
    {
        int end = authority is ['[', ..]
            ? authority.IndexOf(']', StringComparison.Ordinal) + 1
            : authority.IndexOf(':', StringComparison.Ordinal);
        return end > 0 && end < authority.Length && authority[end] == ':'
            ? (authority[..end], authority[(end + 1)..])
            : throw new FormatException($"it has no port, or no IP address before it; {Expected}, IPv6 in brackets");
    }

    private static IPAddress ReadHost(string host)
    {
        IPAddress? address = host is ['[', .. string inner, ']'] ? IPLiteral.ReadVersion6(inner) : IPLiteral.ReadVersion4(host);
        return address ?? throw new FormatException(
            $"its host {Quoted.Text(host)} is not an IP address; expected four decimal numbers such as '127.0.0.1', " +
            "or IPv6 in brackets such as '[::1]'");
    }

    private static int ReadPort(string text) =>
        text is [>= '1' and <= '9', ..] &&
        int.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out int port) &&
        port <= IPEndPoint.MaxPort
            ? port
            : throw new FormatException($"its port is {Quoted.Text(text)}; expected a number from 1 to {IPEndPoint.MaxPort}");
}
