using System.Globalization;
using System.Management.Automation;

namespace Spiffe.Commands;

/// <summary>Reads a file's mode from its octal digits, as chmod takes them.</summary>
/// <remarks>For PowerShell 0640 is the number six hundred and forty. It is taken by its digits, as it was meant.</remarks>
[AttributeUsage(AttributeTargets.Property)]
internal sealed class UnixModeAttribute : ArgumentTransformationAttribute
{
    private const int MaxDigits = 4;

    public override object Transform(EngineIntrinsics engineIntrinsics, object inputData)
    {
        object value = inputData is PSObject wrapped ? wrapped.BaseObject : inputData;
        if (value is UnixFileMode)
        {
            return value;
        }

        string digits = Convert.ToString(value, CultureInfo.InvariantCulture) ?? string.Empty;
        if (digits.Length is 0 or > MaxDigits || digits.AsSpan().ContainsAnyExceptInRange('0', '7') ||
            (digits.Length == MaxDigits && digits[0] != '0'))
        {
            throw new ArgumentTransformationMetadataException(
                $"{Quoted.Text(digits)} is not the mode of a file; expected octal digits from 0000 to 0777, such as '0640'.");
        }

        return (UnixFileMode)Convert.ToInt32(digits, fromBase: 8);
    }
}
