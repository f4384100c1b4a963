namespace Spiffe;

/// <summary>Something about a configuration that its author should know.</summary>
/// <param name="Severity">Whether the configuration can be used all the same.</param>
/// <param name="Line">The line in the file; 0 where there is none.</param>
/// <param name="Column">The character in the line; 0 where there is none.</param>
/// <param name="Message">What was found.</param>
public sealed record HelperFinding(HelperFindingSeverity Severity, int Line, int Column, string Message)
{
    /// <summary>The place and what was found there, in one line.</summary>
    public override string ToString() => Line == 0 ? $"{Severity}: {Message}" : $"{Severity}: {Place}: {Message}";

    /// <summary><see cref="Message"/> in lines for a table.</summary>
    public string DisplayMessage => Quoted.Wrap(Message, width: 57);

    /// <summary>The finding as plain values.</summary>
    public SpiffeRecord ToRecord() => new()
    {
        { "Severity", Severity.ToString() },
        { "Line", Line },
        { "Column", Column },
        { "Message", Message },
    };

    /// <summary>Line and column, for messages; empty where there are none.</summary>
    internal string Place => new FilePosition(Line, Column).ToString();

    /// <summary>Whether it is that authorities of several trust domains are in one file.</summary>
    internal bool IsAboutFederation { get; init; }
}
