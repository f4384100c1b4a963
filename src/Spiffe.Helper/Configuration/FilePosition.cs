namespace Spiffe;

/// <summary>A place in a configuration file. Both numbers count from 1; both are 0 where there is no file.</summary>
/// <param name="Line">The line.</param>
/// <param name="Column">The character in the line.</param>
public readonly record struct FilePosition(int Line, int Column)
{
    /// <summary>For messages; empty where there is no file.</summary>
    public override string ToString() => Line == 0 ? string.Empty : $"line {Line}, column {Column}";
}
