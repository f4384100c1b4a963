using System.Collections;
using System.Management.Automation;

namespace Spiffe.Commands;

/// <summary>Says of the snapshot of an object why it will not do, which PowerShell's own message leaves open.</summary>
[AttributeUsage(AttributeTargets.Property)]
internal sealed class LiveAttribute : ArgumentTransformationAttribute
{
    private const string Snapshot = "Deserialized.Spiffe.";

    public override object? Transform(EngineIntrinsics engineIntrinsics, object? inputData)
    {
        IEnumerable items = inputData is IEnumerable list and not string ? list : new[] { inputData };
        string? type = items.OfType<PSObject>()
            .Select(item => item.TypeNames[0])
            .FirstOrDefault(name => name.StartsWith(Snapshot, StringComparison.Ordinal));
        return type is null ? inputData : throw new ArgumentTransformationMetadataException(
            $"This is a snapshot of a {type[Snapshot.Length..]}, from a job, another machine or a file: " +
            (type.EndsWith("Bundle", StringComparison.Ordinal)
                ? "it is not whole. Fetch the bundle here, or use Export-SpiffeBundle and Import-SpiffeBundle."
                : "it has no private key. Run the command where the SVID is fetched."));
    }
}
