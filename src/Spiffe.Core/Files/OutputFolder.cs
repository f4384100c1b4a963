namespace Spiffe;

/// <summary>The folder that a user has named for files.</summary>
internal static class OutputFolder
{
    /// <summary>Says whether files may go there. The folders above it may be links, because the path itself leads through them.</summary>
    /// <exception cref="SpiffeException">
    /// <see cref="SpiffeErrorReason.FileNotFound"/>, or <see cref="SpiffeErrorReason.WriteFailed"/>: it is a link or no folder.
    /// </exception>
    public static void Check(string folder, ExistingFiles existing)
    {
        DirectoryInfo now = new(Path.TrimEndingDirectorySeparator(Path.GetFullPath(folder)));
        if (existing != ExistingFiles.ReplaceAny && now.LinkTarget is { } target)
        {
            throw new SpiffeException(
                SpiffeErrorReason.WriteFailed, $"The folder '{folder}' is a link to '{target}'; use -Force to follow it.");
        }

        if (!now.Exists)
        {
            throw File.Exists(now.FullName)
                ? new SpiffeException(SpiffeErrorReason.WriteFailed, $"'{folder}' is a file; expected a folder.")
                : new SpiffeException(SpiffeErrorReason.FileNotFound, $"The folder '{folder}' does not exist.");
        }
    }
}
