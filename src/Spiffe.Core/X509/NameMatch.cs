using System.Buffers;
using System.Net;

namespace Spiffe;

/// <summary>Whether a name lies in the subtree of a constraint of the same kind (RFC 5280, section 4.2.1.10).</summary>
internal static class NameMatch
{
    private static readonly SearchValues<char> s_digitsAndDot = SearchValues.Create("0123456789.");

    public static bool CanDecide(GeneralName name) => name.Kind switch
    {
        GeneralNameKind.Uri => HostOf(name.Text).Length > 0,
        GeneralNameKind.Email or GeneralNameKind.Dns or GeneralNameKind.IPAddress or GeneralNameKind.Directory => true,
        _ => false,
    };

    public static bool Covers(GeneralName constraint, GeneralName name) => constraint.Kind == name.Kind && name.Kind switch
    {
        GeneralNameKind.Uri => HostOf(name.Text) is { Length: > 0 } host && CoversHost(constraint.Text, host),
        GeneralNameKind.Dns => CoversDomain(constraint.Text, name.Text),
        GeneralNameKind.Email => CoversEmail(constraint.Text, name.Text),
        GeneralNameKind.IPAddress => CoversAddress(constraint.Octets.Span, name.Octets.Span),
        GeneralNameKind.Directory => DirectoryName.IsPrefix(constraint.Octets, name.Octets),
        _ => false,
    };

    /// <summary>The host name of a URI, read from the raw text; empty where there is none, or an address in its place.</summary>
    private static ReadOnlySpan<char> HostOf(ReadOnlySpan<char> uri)
    {
        int start = uri.IndexOf("://", StringComparison.Ordinal);
        ReadOnlySpan<char> authority = start < 0 ? [] : uri[(start + 3)..];
        int end = authority.IndexOfAny('/', '?', '#');
        authority = end < 0 ? authority : authority[..end];
        authority = authority[(authority.LastIndexOf('@') + 1)..];
        int port = authority.LastIndexOf(':');
        ReadOnlySpan<char> host = port < 0 ? authority : authority[..port];
        return host.StartsWith("[", StringComparison.Ordinal) || IsDottedQuad(host) ? [] : host;
    }

    private static bool IsDottedQuad(ReadOnlySpan<char> host) =>
        host.Count('.') == 3 && host.IndexOfAnyExcept(s_digitsAndDot) < 0 && IPAddress.TryParse(host, out _);

    /// <summary>One host; with a leading period all hosts below it and not the one itself; an empty constraint is all hosts.</summary>
    private static bool CoversHost(ReadOnlySpan<char> constraint, ReadOnlySpan<char> host) =>
        constraint.IsEmpty || (constraint.StartsWith(".", StringComparison.Ordinal)
            ? host.Length > constraint.Length && host.EndsWith(constraint, StringComparison.OrdinalIgnoreCase)
            : host.Equals(constraint, StringComparison.OrdinalIgnoreCase));

    /// <summary>A domain and all below it.</summary>
    private static bool CoversDomain(string constraint, string domain) =>
        constraint.Length == 0 ||
        domain.Equals(constraint, StringComparison.OrdinalIgnoreCase) ||
        domain.EndsWith(constraint.StartsWith('.') ? constraint : "." + constraint, StringComparison.OrdinalIgnoreCase);

    /// <summary>One mailbox, all of one host, or with a leading period all hosts below it.</summary>
    private static bool CoversEmail(string constraint, string address)
    {
        int at = address.LastIndexOf('@');
        ReadOnlySpan<char> host = address.AsSpan(at + 1);
        int constraintAt = constraint.LastIndexOf('@');
        return constraintAt < 0
            ? CoversHost(constraint, host)
            : address.AsSpan(0, Math.Max(at, 0)).SequenceEqual(constraint.AsSpan(0, constraintAt)) &&
                CoversHost(constraint.AsSpan(constraintAt + 1), host);
    }

    /// <summary>The constraint is an address with a mask behind it.</summary>
    private static bool CoversAddress(ReadOnlySpan<byte> constraint, ReadOnlySpan<byte> address)
    {
        if (constraint.Length != 2 * address.Length)
        {
            return false;
        }

        for (int i = 0; i < address.Length; i++)
        {
            int mask = constraint[address.Length + i];
            if ((constraint[i] & mask) != (address[i] & mask))
            {
                return false;
            }
        }

        return true;
    }
}
