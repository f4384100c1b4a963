namespace Spiffe;

/// <summary>The folder that a user has named for files.</summary>
internal static class OutputFolder
{
    /// <summary>
    /// Checks whether files may be written there, and with force creates the folder. The folders above it may be links: the
    /// user who named it went through them.
    /// </summary>
    /// <exception cref="SpiffeException">
    /// <see cref="SpiffeErrorReason.FileNotFound"/>, or <see cref="SpiffeErrorReason.WriteFailed"/>: it is a link or no folder,
    /// or it cannot be created.
    /// </exception>
    public static void Prepare(string folder, ExistingFiles existing)
    {
        DirectoryInfo now = new(Path.TrimEndingDirectorySeparator(Path.GetFullPath(folder)));
        if (existing != ExistingFiles.ReplaceAny && now.LinkTarget is { } target)
        {
            throw new SpiffeException(
                SpiffeErrorReason.WriteFailed, $"The folder '{folder}' is a link to '{target}'; use -Force to follow it.");
        }

        if (now.Exists)
        {
            return;
        }

        if (File.Exists(now.FullName))
        {
            throw new SpiffeException(SpiffeErrorReason.WriteFailed, $"'{folder}' is a file; expected a folder.");
        }

        if (existing != ExistingFiles.ReplaceAny)
        {
            throw new SpiffeException(SpiffeErrorReason.FileNotFound, $"The folder '{folder}' does not exist.");
        }

        Create(now.FullName);
    }

    /// <summary>Creates the folder, and those above it, unless it is there.</summary>
    /// <exception cref="SpiffeException"><see cref="SpiffeErrorReason.WriteFailed"/></exception>
    public static void Create(string folder)
    {
        try
        {
            Directory.CreateDirectory(folder);
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException)
        {
            throw new SpiffeException(
                SpiffeErrorReason.WriteFailed, $"The folder '{folder}' was not created: {exception.Message}", exception);
        }
    }
}
