namespace Spiffe;

/// <summary>How a Workload API endpoint is reached.</summary>
public enum EndpointKind
{
    /// <summary>A Unix domain socket.</summary>
    Unix,
}
