namespace Spiffe.Helper;

/// <summary>Items in braces.</summary>
internal sealed record HclObject(IReadOnlyList<HclItem> Items, FilePosition Position) : HclValue(Position)
{
    public override string Describe() => "a block";
}
