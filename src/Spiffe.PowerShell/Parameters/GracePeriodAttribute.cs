using System.Management.Automation;

namespace Spiffe.Commands;

/// <summary>No time, or a second and more: a bare number would be taken for ticks of 100 ns, which no one wants.</summary>
[AttributeUsage(AttributeTargets.Property)]
internal sealed class GracePeriodAttribute : ValidateArgumentsAttribute
{
    protected override void Validate(object arguments, EngineIntrinsics engineIntrinsics)
    {
        if (arguments is TimeSpan period && period != TimeSpan.Zero && period < TimeSpan.FromSeconds(1))
        {
            throw new ValidationMetadataException(
                $"'{period}' is not a grace period; expected 0 or at least a second, such as '00:05:00' for five minutes.");
        }
    }
}
