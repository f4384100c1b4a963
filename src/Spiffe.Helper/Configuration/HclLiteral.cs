namespace Spiffe.Helper;

/// <summary>A string, number or truth value.</summary>
internal sealed record HclLiteral(HclTokenKind Kind, string Text, FilePosition Position) : HclValue(Position)
{
    public bool IsText => Kind is HclTokenKind.String or HclTokenKind.Heredoc;

    public override string Describe() => new HclToken(Kind, Text, Position).Describe();
}
