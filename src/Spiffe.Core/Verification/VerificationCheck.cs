namespace Spiffe;

/// <summary>One rule that a verification checked, and the result.</summary>
public sealed class VerificationCheck
{
    internal VerificationCheck(string clause, string check, CheckResult result, string found, string expected)
    {
        Clause = clause;
        Check = check;
        Result = result;
        Found = found;
        Expected = expected;
    }

    /// <summary>Standard and section, for example <c>X509-SVID 4.3</c>.</summary>
    public string Clause { get; }

    /// <summary>What the rule is about, for example <c>Key usage</c>.</summary>
    public string Check { get; }

    /// <summary>Whether the rule holds.</summary>
    public CheckResult Result { get; }

    /// <summary>What the document has; foreign text in it is quoted and without control characters.</summary>
    public string Found { get; }

    /// <summary>What the rule asks for.</summary>
    public string Expected { get; }

    /// <summary>What was verified: the SPIFFE ID where one could be read, else what is known of the document.</summary>
    public string Target { get; internal set; } = string.Empty;

    /// <summary>What was found and, where the rule does not hold, what it asks for and which it is, in lines for a table.</summary>
    public string DisplayFinding => Quoted.Wrap(Finding, width: 36);

    /// <summary><see cref="DisplayFinding"/> in one line.</summary>
    internal string Finding => Result == CheckResult.Passed ? Found : $"{Found}; expected {Expected} ({Clause})";

    /// <summary>The check in one line without its clause.</summary>
    internal string Reason => $"{Check}: found {Found}, expected {Expected}";

    /// <summary>The check as plain values.</summary>
    public SpiffeRecord ToRecord() => new()
    {
        { "Target", Target },
        { "Check", Check },
        { "Clause", Clause },
        { "Result", Result.ToString() },
        { "Found", Found },
        { "Expected", Expected },
    };

    /// <summary>The check in one line, for example <c>Key usage: found none, expected digitalSignature (X509-SVID 4.3)</c>.</summary>
    public override string ToString() => $"{Reason} ({Clause})";
}
