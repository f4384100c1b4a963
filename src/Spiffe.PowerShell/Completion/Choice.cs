namespace Spiffe.Commands;

/// <summary>A value that Tab offers.</summary>
/// <param name="Value">What the user would type.</param>
/// <param name="Meaning">What it stands for, where the value alone does not show it; the tooltip of the menu.</param>
internal readonly record struct Choice(string Value, string? Meaning = null)
{
    public static implicit operator Choice(string value) => new(value);
}
