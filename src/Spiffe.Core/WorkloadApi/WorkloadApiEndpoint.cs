using System.Net;

namespace Spiffe;

/// <summary>The address of a Workload API (SPIFFE Workload Endpoint, section 4).</summary>
public sealed class WorkloadApiEndpoint : IEquatable<WorkloadApiEndpoint>
{
    /// <summary>The environment variable that names the endpoint where nothing else does.</summary>
    public const string EnvironmentVariable = "SPIFFE_ENDPOINT_SOCKET";

    // What Windows calls its own pipes; behind it is the name.
    private const string LocalPipes = @"\\.\pipe\";

    private readonly IPEndPoint? _ipEndPoint;

    private WorkloadApiEndpoint(EndpointKind kind, string address, IPEndPoint? ipEndPoint = null)
    {
        Kind = kind;
        Address = address;
        _ipEndPoint = ipEndPoint;
    }

    /// <summary>How the endpoint is reached.</summary>
    public EndpointKind Kind { get; }

    /// <summary>Unix: the absolute path of the socket. TCP: <c>IP:port</c>. Named pipe: its name, <c>\</c> between the parts.</summary>
    public string Address { get; }

    /// <summary>TCP: where to connect to; otherwise null.</summary>
    public IPEndPoint? IPEndPoint => _ipEndPoint is null ? null : new IPEndPoint(_ipEndPoint.Address, _ipEndPoint.Port);

    /// <summary>
    /// Whether nothing leaves this machine on the way there. A Workload API elsewhere cannot know its callers (section 3).
    /// </summary>
    public bool IsLocal => _ipEndPoint is null || IPAddress.IsLoopback(_ipEndPoint.Address);

    /// <summary>Reads an address by the rules of the standard, from the raw text.</summary>
    /// <exception cref="SpiffeException"><see cref="SpiffeErrorReason.EndpointInvalid"/>: the rule that it breaks.</exception>
    public static WorkloadApiEndpoint Parse(string text)
    {
        ArgumentNullException.ThrowIfNull(text);
        int colon = text.IndexOf(':', StringComparison.Ordinal);
        string rest = text[(colon + 1)..];
        try
        {
            return text[..Math.Max(colon, 0)].ToLowerInvariant() switch
            {
                "unix" => FromPath(UnixAddress.ReadPath(rest)),
                "tcp" => FromIPEndPoint(TcpAddress.Read(rest)),
                "npipe" => new WorkloadApiEndpoint(EndpointKind.NamedPipe, PipeAddress.ReadName(rest)),
                _ => throw new FormatException(
                    "it has no known scheme; expected 'unix:///path/to/socket', 'tcp://IP:port' or 'npipe:name'"),
            };
        }
        catch (FormatException exception)
        {
            throw Invalid(text, exception);
        }
    }

    /// <summary>
    /// Reads an address that a person typed: as <see cref="Parse"/>, or the bare absolute path of a Unix socket, or a pipe's
    /// path as Windows shows it (<c>\\.\pipe\name</c>).
    /// </summary>
    /// <exception cref="SpiffeException">As for <see cref="Parse"/>.</exception>
    public static WorkloadApiEndpoint ParseUserInput(string text)
    {
        ArgumentNullException.ThrowIfNull(text);
        try
        {
            return text switch
            {
                ['/', ..] => FromPath(UnixAddress.CheckPath(text)),
                _ when text.StartsWith(LocalPipes, StringComparison.OrdinalIgnoreCase) =>
                    new WorkloadApiEndpoint(EndpointKind.NamedPipe, PipeAddress.ReadName(text[LocalPipes.Length..])),
                _ => Parse(text),
            };
        }
        catch (FormatException exception)
        {
            throw Invalid(text, exception);
        }
    }

    /// <summary>Whether both name the same place, byte for byte.</summary>
    public bool Equals(WorkloadApiEndpoint? other) =>
        other is not null && Kind == other.Kind && Address == other.Address;

    /// <inheritdoc/>
    public override bool Equals(object? obj) => Equals(obj as WorkloadApiEndpoint);

    /// <inheritdoc/>
    public override int GetHashCode() => Address.GetHashCode(StringComparison.Ordinal);

    /// <summary>The canonical form, for example <c>unix:///run/spire/agent.sock</c>.</summary>
    public override string ToString() => Kind switch
    {
        EndpointKind.Tcp => "tcp://" + Address,
        EndpointKind.NamedPipe => "npipe:" + Address,
        _ => "unix://" + Uri.EscapeDataString(Address).Replace("%2F", "/", StringComparison.Ordinal),
    };

    private static WorkloadApiEndpoint FromPath(string path) => new(EndpointKind.Unix, path);

    private static WorkloadApiEndpoint FromIPEndPoint(IPEndPoint endPoint) =>
        new(EndpointKind.Tcp, endPoint.ToString(), endPoint);

    private static SpiffeException Invalid(string text, FormatException fault) => new(
        SpiffeErrorReason.EndpointInvalid, $"The endpoint {Quoted.Text(text)} is not valid: {fault.Message}.", fault);
}
