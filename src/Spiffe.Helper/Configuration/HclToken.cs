namespace Spiffe.Helper;

/// <summary>One word or sign of a configuration file.</summary>
/// <param name="Kind">What it is.</param>
/// <param name="Text">As it is written; of strings, what they stand for.</param>
/// <param name="Position">Where it begins.</param>
internal readonly record struct HclToken(HclTokenKind Kind, string Text, FilePosition Position)
{
    /// <summary>For messages.</summary>
    public string Describe() => Kind switch
    {
        HclTokenKind.End => "the end of the file",
        HclTokenKind.String => $"the string {Quoted.Text(Text)}",
        HclTokenKind.Heredoc => "a heredoc",
        _ => Quoted.Text(Text),
    };
}
