namespace Spiffe.Commands;

/// <summary>What PowerShell cannot turn into text.</summary>
internal sealed class NotText
{
    public override string ToString() => throw new InvalidOperationException("An object of this type is not text.");
}
