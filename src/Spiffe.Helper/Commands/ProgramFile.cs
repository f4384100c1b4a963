namespace Spiffe.Helper;

/// <summary>Finds the program that a configuration names.</summary>
internal static class ProgramFile
{
    private const UnixFileMode AnyExecute = UnixFileMode.UserExecute | UnixFileMode.GroupExecute | UnixFileMode.OtherExecute;

    /// <summary>
    /// The absolute path of a program; null where there is none. A name without a folder is searched for in PATH and nowhere else:
    /// not in the current folder, and not beside PowerShell, where .NET would look.
    /// </summary>
    /// <param name="command">As the configuration has it.</param>
    /// <param name="folder">Where a relative path begins.</param>
    public static string? Find(string command, string folder)
    {
        if (command.Contains('\0', StringComparison.Ordinal))
        {
            return null;
        }

        if (command.AsSpan().ContainsAny(Path.DirectorySeparatorChar, Path.AltDirectorySeparatorChar))
        {
            return Extensions.Select(extension => Path.GetFullPath(command + extension, folder)).FirstOrDefault(IsExecutable);
        }

        return (Environment.GetEnvironmentVariable("PATH") ?? string.Empty)
            .Split(Path.PathSeparator)
            .Where(Path.IsPathFullyQualified)
            .SelectMany(folder => Extensions.Select(extension => Path.Combine(folder, command + extension)))
            .FirstOrDefault(IsExecutable);
    }

    private static IEnumerable<string> Extensions => OperatingSystem.IsWindows()
        ? [string.Empty, .. (Environment.GetEnvironmentVariable("PATHEXT") ?? ".EXE").Split(Path.PathSeparator)]
        : [string.Empty];

    private static bool IsExecutable(string path) =>
        File.Exists(path) && (OperatingSystem.IsWindows() || (File.GetUnixFileMode(path) & AnyExecute) != 0);
}
