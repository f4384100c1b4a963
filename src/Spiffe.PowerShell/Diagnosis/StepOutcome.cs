namespace Spiffe;

/// <summary>How a step of a diagnosis went.</summary>
public enum StepOutcome
{
    /// <summary>As it should be.</summary>
    Passed,

    /// <summary>It works, and deserves a look.</summary>
    Warned,

    /// <summary>It does not work.</summary>
    Failed,

    /// <summary>Not tried, because an earlier step failed.</summary>
    Skipped,
}
