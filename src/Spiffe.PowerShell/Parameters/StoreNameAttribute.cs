using System.Management.Automation;

namespace Spiffe.Commands;

/// <summary>A certificate store's name, and none of those for authorities.</summary>
[AttributeUsage(AttributeTargets.Property)]
internal sealed class StoreNameAttribute : ValidateArgumentsAttribute
{
    protected override void Validate(object arguments, EngineIntrinsics engineIntrinsics)
    {
        if (StorePlace.FindFault(arguments?.ToString() ?? string.Empty) is { } fault)
        {
            throw new ValidationMetadataException(fault);
        }
    }
}
