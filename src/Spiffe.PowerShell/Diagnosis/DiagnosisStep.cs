namespace Spiffe;

/// <summary>One step of the way to the Workload API or to a peer: what was found, and what to do about it.</summary>
public sealed class DiagnosisStep
{
    internal DiagnosisStep(string step, StepOutcome outcome, string finding, string? advice = null)
    {
        Step = step;
        Outcome = outcome;
        Finding = finding;
        Advice = advice;
    }

    /// <summary>The step, for example <c>Address</c> or <c>FetchX509SVID</c>.</summary>
    public string Step { get; }

    /// <summary>How it went.</summary>
    public StepOutcome Outcome { get; }

    /// <summary>What was found.</summary>
    public string Finding { get; }

    /// <summary>What to do; null where there is nothing to do.</summary>
    public string? Advice { get; }

    /// <summary>The step in lines for a table.</summary>
    public string DisplayStep => Quoted.Wrap(Step, width: 16);

    /// <summary>Finding and advice in lines for a table, one below the other.</summary>
    public string DisplayFinding => Advice is null ? Wrap(Finding) : $"{Wrap(Finding)}\n{Wrap(Advice)}";

    /// <summary>The step as plain values.</summary>
    public SpiffeRecord ToRecord() => new()
    {
        { "Step", Step },
        { "Outcome", Outcome.ToString() },
        { "Finding", Finding },
        { "Advice", Advice },
    };

    /// <summary>Outcome, step and finding on one line.</summary>
    public override string ToString() => $"{Outcome}: {Step}: {Finding}";

    private static string Wrap(string text) => Quoted.Wrap(text, width: 54);
}
