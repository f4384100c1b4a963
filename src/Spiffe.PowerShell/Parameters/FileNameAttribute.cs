using System.Management.Automation;

namespace Spiffe.Commands;

/// <summary>Accepts the plain name of a file, which leads into no other folder.</summary>
[AttributeUsage(AttributeTargets.Property)]
internal sealed class FileNameAttribute : ValidateArgumentsAttribute
{
    protected override void Validate(object arguments, EngineIntrinsics engineIntrinsics)
    {
        string name = arguments?.ToString() ?? string.Empty;
        if (name is "" or "." or ".." || name.IndexOfAny(['/', '\\', .. Path.GetInvalidFileNameChars()]) >= 0)
        {
            throw new ValidationMetadataException($"{Quoted.Text(name)} is not the name of a file; folders belong in -Path.");
        }
    }
}
