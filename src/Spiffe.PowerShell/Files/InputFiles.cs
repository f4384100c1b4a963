using System.Management.Automation;

namespace Spiffe.Commands;

/// <summary>The files that -Path and -LiteralPath name, as PowerShell's own cmdlets understand them.</summary>
internal static class InputFiles
{
    /// <summary>Absolute paths; what does not lead to a file is reported, and the others come out.</summary>
    public static IEnumerable<string> Resolve(SpiffeCommand command, string[] paths, string[] literalPaths)
    {
        foreach (string path in paths)
        {
            foreach (string resolved in Find(command, path, isLiteral: false))
            {
                yield return resolved;
            }
        }

        foreach (string path in literalPaths)
        {
            foreach (string resolved in Find(command, path, isLiteral: true))
            {
                yield return resolved;
            }
        }
    }

    private static IReadOnlyCollection<string> Find(SpiffeCommand command, string path, bool isLiteral)
    {
        try
        {
            if (path.Contains('\0', StringComparison.Ordinal))
            {
                throw new SpiffeException(SpiffeErrorReason.ReadFailed, $"The path {Quoted.Text(path)} has a zero character in it.");
            }

            IReadOnlyCollection<string> found = isLiteral
                ? [command.SessionState.Path.GetUnresolvedProviderPathFromPSPath(path, out ProviderInfo provider, out _)]
                : command.GetResolvedProviderPathFromPSPath(path, out provider);
            return provider.Name == "FileSystem"
                ? found
                : throw new SpiffeException(
                    SpiffeErrorReason.ReadFailed, $"'{path}' is a path of {provider.Name}; expected one in the file system.");
        }
        catch (ItemNotFoundException exception)
        {
            command.WriteError(ErrorTable.CreateRecord(
                new SpiffeException(SpiffeErrorReason.FileNotFound, $"The file {Quoted.Text(path)} does not exist.", exception), path));
        }
        catch (SpiffeException exception)
        {
            command.WriteError(ErrorTable.CreateRecord(exception, path));
        }

        return [];
    }
}
