namespace Spiffe;

/// <summary>How much a finding weighs.</summary>
public enum HelperFindingSeverity
{
    /// <summary>The configuration is used as it is, and may not do what its author meant.</summary>
    Warning,

    /// <summary>The configuration is refused.</summary>
    Error,
}
