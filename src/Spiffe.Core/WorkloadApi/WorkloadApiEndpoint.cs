using System.Text;

namespace Spiffe;

/// <summary>The address of a Workload API (SPIFFE Workload Endpoint, section 4).</summary>
public sealed class WorkloadApiEndpoint : IEquatable<WorkloadApiEndpoint>
{
    /// <summary>The environment variable that names the endpoint where nothing else does.</summary>
    public const string EnvironmentVariable = "SPIFFE_ENDPOINT_SOCKET";

    private const string UnixScheme = "unix:";

    private WorkloadApiEndpoint(EndpointKind kind, string address)
    {
        Kind = kind;
        Address = address;
    }

    /// <summary>How the endpoint is reached.</summary>
    public EndpointKind Kind { get; }

    /// <summary>Unix: the absolute path of the socket.</summary>
    public string Address { get; }

    /// <summary>Reads an address as the standard has it, from the raw text.</summary>
    /// <exception cref="SpiffeException">
    /// <see cref="SpiffeErrorReason.EndpointInvalid"/>, or <see cref="SpiffeErrorReason.NotSupportedHere"/>.
    /// </exception>
    public static WorkloadApiEndpoint Parse(string text)
    {
        ArgumentNullException.ThrowIfNull(text);
        if (text.StartsWith(UnixScheme, StringComparison.OrdinalIgnoreCase))
        {
            return ParseUnix(text);
        }

        if (text.StartsWith("tcp:", StringComparison.OrdinalIgnoreCase) ||
            text.StartsWith("npipe:", StringComparison.OrdinalIgnoreCase))
        {
            throw new SpiffeException(
                SpiffeErrorReason.NotSupportedHere,
                $"The endpoint {Quoted.Text(text)} cannot be used: this version of the module speaks to Unix sockets only.");
        }

        throw Invalid(text, "it has no known scheme; expected 'unix:///path/to/socket'");
    }

    /// <summary>Reads an address that a person typed: as <see cref="Parse"/>, or the bare absolute path of a Unix socket.</summary>
    /// <exception cref="SpiffeException">As for <see cref="Parse"/>.</exception>
    public static WorkloadApiEndpoint ParseUserInput(string text)
    {
        ArgumentNullException.ThrowIfNull(text);
        return text.StartsWith('/') ? new WorkloadApiEndpoint(EndpointKind.Unix, CheckPath(text, text)) : Parse(text);
    }

    /// <summary>Whether both name the same place, byte for byte.</summary>
    public bool Equals(WorkloadApiEndpoint? other) =>
        other is not null && Kind == other.Kind && Address == other.Address;

    /// <inheritdoc/>
    public override bool Equals(object? obj) => Equals(obj as WorkloadApiEndpoint);

    /// <inheritdoc/>
    public override int GetHashCode() => Address.GetHashCode(StringComparison.Ordinal);

    /// <summary>The canonical form, for example <c>unix:///run/spire/agent.sock</c>.</summary>
    public override string ToString() => "unix://" + Uri.EscapeDataString(Address).Replace("%2F", "/", StringComparison.Ordinal);

    private static WorkloadApiEndpoint ParseUnix(string text)
    {
        string rest = text[UnixScheme.Length..];
        if (rest.StartsWith("//", StringComparison.Ordinal))
        {
            rest = rest[2..];
            if (!rest.StartsWith('/'))
            {
                throw Invalid(text, "it has an authority before the path; expected 'unix:///path', with three slashes");
            }
        }

        if (!rest.StartsWith('/'))
        {
            throw Invalid(text, "its path is not absolute; expected 'unix:///path'");
        }

        int extra = rest.AsSpan().IndexOfAny('?', '#');
        return extra < 0
            ? new WorkloadApiEndpoint(EndpointKind.Unix, CheckPath(Unescape(text, rest), text))
            : throw Invalid(text, $"it has {(rest[extra] == '?' ? "a query" : "a fragment")}; expected nothing behind the path");
    }

    private static string Unescape(string text, string path)
    {
        for (int i = path.IndexOf('%', StringComparison.Ordinal); i >= 0; i = path.IndexOf('%', i + 1))
        {
            if (i + 2 >= path.Length || !char.IsAsciiHexDigit(path[i + 1]) || !char.IsAsciiHexDigit(path[i + 2]))
            {
                throw Invalid(text, "it has a '%' that is not followed by two hexadecimal digits");
            }
        }

        return Uri.UnescapeDataString(path);
    }

    private static string CheckPath(string path, string text)
    {
        if (path == "/" || path.Contains('\0', StringComparison.Ordinal))
        {
            throw Invalid(text, "its path names no socket");
        }

        // sun_path holds 108 bytes on Linux, 104 on macOS, the closing zero included.
        int limit = OperatingSystem.IsMacOS() ? 103 : 107;
        int length = Encoding.UTF8.GetByteCount(path);
        return length <= limit
            ? path
            : throw Invalid(text, $"its path has {length} bytes; the operating system allows {limit} for a socket");
    }

    private static SpiffeException Invalid(string text, string fault) =>
        new(SpiffeErrorReason.EndpointInvalid, $"The endpoint {Quoted.Text(text)} is not valid: {fault}.");
}
