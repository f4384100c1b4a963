namespace Spiffe.Helper;

/// <summary>A key, or the label of a block.</summary>
/// <param name="Text">Without quotes.</param>
/// <param name="IsChecked">Whether SPIFFE Helper looks at it when it searches for unknown keys: not where it is quoted in HCL.</param>
/// <param name="Position">Where it is.</param>
internal readonly record struct HclKey(string Text, bool IsChecked, FilePosition Position)
{
    public bool Is(string name) => Text.Equals(name, StringComparison.OrdinalIgnoreCase);
}
