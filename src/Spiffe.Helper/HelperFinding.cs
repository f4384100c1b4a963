namespace Spiffe;

/// <summary>Something about a configuration that its author should know.</summary>
/// <param name="Severity">Whether the configuration can be used all the same.</param>
/// <param name="Line">The line in the file; 0 where there is none.</param>
/// <param name="Column">The character in the line; 0 where there is none.</param>
/// <param name="Message">What was found.</param>
public sealed record HelperFinding(HelperFindingSeverity Severity, int Line, int Column, string Message)
{
    /// <summary>The place and what was found there, in one line.</summary>
    public override string ToString() => $"{Severity}: {Prefix}{Message}";

    private string Prefix => Line == 0 ? string.Empty : $"line {Line}, column {Column}: ";
}
