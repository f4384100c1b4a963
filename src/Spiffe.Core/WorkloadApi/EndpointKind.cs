namespace Spiffe;

/// <summary>How a Workload API endpoint is reached.</summary>
public enum EndpointKind
{
    /// <summary>A Unix domain socket.</summary>
    Unix,

    /// <summary>A TCP port at an IP address.</summary>
    Tcp,

    /// <summary>A named pipe of this machine: Windows has them, and the address is an extension of the standard.</summary>
    NamedPipe,
}
