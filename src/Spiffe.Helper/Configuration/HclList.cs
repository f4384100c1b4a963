namespace Spiffe.Helper;

/// <summary>Values in brackets.</summary>
internal sealed record HclList(IReadOnlyList<HclValue> Values, FilePosition Position) : HclValue(Position)
{
    public override string Describe() => "a list";
}
