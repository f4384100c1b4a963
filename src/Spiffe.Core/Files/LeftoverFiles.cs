namespace Spiffe;

/// <summary>Staged files that processes have left behind which were killed.</summary>
internal static class LeftoverFiles
{
    /// <summary>Deletes those in a folder that no process has open. What may not be deleted stays.</summary>
    public static void Remove(string folder)
    {
        try
        {
            foreach (string path in Directory.EnumerateFiles(folder, StagedFile.Pattern))
            {
                FileInfo file = new(path);
                if (StagedFile.IsName(file.Name) && file.LinkTarget is null && !TryDelete(path, FileAccess.ReadWrite) && IsNotEmpty(file))
                {
                    TryDelete(path, FileAccess.Read);
                }
            }
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException)
        {
            // The folder vanished, or may not be listed: writing will tell, or succeed all the same.
        }
    }

    // A pipe under such a name would never open for reading alone. It has no length.
    private static bool IsNotEmpty(FileInfo file) => file is { Exists: true, Length: > 0 };

    /// <summary>Deletes a file if it can be locked: who writes it keeps it locked.</summary>
    private static bool TryDelete(string path, FileAccess access)
    {
        try
        {
            FileStreamOptions options = new()
            {
                Mode = FileMode.Open,
                Access = access,
                Share = FileShare.None,
                BufferSize = 0,
                Options = FileOptions.DeleteOnClose,
            };
            using FileStream stream = new(path, options);
            return true;
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException)
        {
            return false;
        }
    }
}
