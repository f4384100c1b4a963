using System.Globalization;
using System.Management.Automation;

namespace Spiffe.Commands;

/// <summary>Makes octal digits of a file's mode, as chmod takes them, of whatever the user wrote.</summary>
/// <remarks>
/// The parameter is text: PowerShell would complete an enumeration to its names, and few of those alone make a mode.
/// For PowerShell 0640 is the number six hundred and forty. It is read by its digits, as the user intends. The value of the mode,
/// 416, has other digits, and those of all usual modes make no sense as digits: so they are told apart.
/// </remarks>
[AttributeUsage(AttributeTargets.Property)]
internal sealed class UnixModeAttribute : ArgumentTransformationAttribute
{
    private const int MaxDigits = 4;
    private const int Group = 3;
    private const UnixFileMode Others = UnixFileMode.OtherRead | UnixFileMode.OtherWrite | UnixFileMode.OtherExecute;
    private const UnixFileMode Execution = UnixFileMode.UserExecute | UnixFileMode.GroupExecute | UnixFileMode.OtherExecute;

    /// <summary>Whether the mode is for files that only owner and group may read.</summary>
    public bool IsSecret { get; set; }

    /// <summary>The mode that the attribute converted to digits; null without the parameter.</summary>
    internal static UnixFileMode? Parse(string? digits) => digits is null ? null : (UnixFileMode)Convert.ToInt32(digits, fromBase: 8);

    public override object Transform(EngineIntrinsics engineIntrinsics, object inputData)
    {
        object value = inputData is PSObject wrapped ? wrapped.BaseObject : inputData;
        UnixFileMode mode = value is UnixFileMode given ? given : Read(value);
        return !IsSecret || (mode & Others) == 0 ? Format(mode) : throw new ArgumentTransformationMetadataException(
            $"The mode '{Format(mode)}' lets everyone access the private key; expected one that ends with 0, such as '0640'.");
    }

    private static UnixFileMode Read(object value)
    {
        string digits = Convert.ToString(value, CultureInfo.InvariantCulture) ?? string.Empty;
        UnixFileMode? mode = digits.Length is 0 or > MaxDigits || digits.AsSpan().ContainsAnyExceptInRange('0', '7') ||
            (digits.Length == MaxDigits && digits[0] != '0')
            ? null
            : Parse(digits);
        if (mode is { } read && (value is string || IsPlausible(read)))
        {
            return read;
        }

        string hint = value is int or long && int.TryParse(digits, out int number) && IsPlausible((UnixFileMode)number)
            ? $" {digits} is the value of the mode '{Format((UnixFileMode)number)}': write it so."
            : string.Empty;
        throw new ArgumentTransformationMetadataException(
            $"{Quoted.Text(digits)} is not the mode of a file; expected octal digits from 0000 to 0777, such as '0640'.{hint}");
    }

    /// <summary>No sensible mode gives the group more than the owner, others more than the group, or makes an SVID executable.</summary>
    private static bool IsPlausible(UnixFileMode mode)
    {
        int bits = (int)mode;
        return bits is >= 0 and <= 0b111_111_111 && (mode & Execution) == 0 &&
            (bits & ~(bits >> Group) & 0b111) == 0 && (bits >> Group & ~(bits >> (2 * Group)) & 0b111) == 0;
    }

    private static string Format(UnixFileMode mode) => Convert.ToString((int)mode, toBase: 8).PadLeft(MaxDigits, '0');
}
