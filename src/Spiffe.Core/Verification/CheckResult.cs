namespace Spiffe;

/// <summary>What became of one check of a verification.</summary>
public enum CheckResult
{
    /// <summary>The rule holds.</summary>
    Passed,

    /// <summary>The rule does not hold, and the standard does not ask to refuse for that alone; strict verification does.</summary>
    Warning,

    /// <summary>The rule does not hold: the document is not valid.</summary>
    Failed,
}
