using System.Management.Automation;

namespace Spiffe.Commands;

/// <summary>The SHA-1 hash of a certificate, as certificate stores name it.</summary>
[AttributeUsage(AttributeTargets.Property)]
internal sealed class ThumbprintAttribute : ValidateEnumeratedArgumentsAttribute
{
    private const int Length = 40;

    protected override void ValidateElement(object element)
    {
        string text = element?.ToString() ?? string.Empty;
        if (text.Length != Length || !text.All(char.IsAsciiHexDigit))
        {
            throw new ValidationMetadataException(
                $"{Quoted.Text(text)} is not a thumbprint; expected {Length} hexadecimal digits.");
        }
    }
}
