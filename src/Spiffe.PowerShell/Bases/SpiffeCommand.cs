using System.Management.Automation;

namespace Spiffe.Commands;

/// <summary>What every cmdlet of the module shares: exceptions of the library become error records.</summary>
public abstract class SpiffeCommand : PSCmdlet
{
    /// <summary>What an error record names as its target where nothing better is known.</summary>
    private protected virtual object? ErrorTarget => null;

    private protected void Guard(Action action)
    {
        try
        {
            action();
        }
        catch (SpiffeException exception)
        {
            ThrowTerminatingError(ErrorTable.CreateRecord(exception, ErrorTarget));
        }
        catch (OperationCanceledException) when (PipelineStopToken.IsCancellationRequested)
        {
            throw new PipelineStoppedException();
        }
    }

    /// <summary>Does one of several things. What goes wrong with it is reported, and does not keep the others from being done.</summary>
    private protected void Try(object? target, Action action)
    {
        try
        {
            action();
        }
        catch (SpiffeException exception)
        {
            WriteError(exception, target);
        }
    }

    /// <summary>The X509-SVIDs of an update.</summary>
    /// <exception cref="SpiffeException"><see cref="SpiffeErrorReason.SvidTypeMismatch"/></exception>
    private protected static X509Svid[] GetX509Svids(SvidUpdate update) =>
        update.Svids.Concat(update.Removed).All(svid => svid is X509Svid)
            ? [.. update.Svids.Cast<X509Svid>()]
            : throw new SpiffeException(
                SpiffeErrorReason.SvidTypeMismatch, "The update has JWT-SVIDs; expected X509-SVIDs.");

    /// <summary>Gives a file to the pipeline as Get-Item does.</summary>
    private protected void WriteFile(string path) =>
        WriteObject(InvokeProvider.Item.Get([path], force: true, literalPath: true), enumerateCollection: true);

    /// <summary>The absolute path of a file or folder, which need not be there; relative ones start at PowerShell's location.</summary>
    /// <param name="path">As the user wrote it, without wildcards.</param>
    /// <param name="reason">What kind of error it is if this is no path in the file system.</param>
    /// <exception cref="SpiffeException"><paramref name="reason"/></exception>
    private protected string ResolvePath(string path, SpiffeErrorReason reason)
    {
        RefuseZeroCharacter(path, reason);
        string resolved = SessionState.Path.GetUnresolvedProviderPathFromPSPath(path, out ProviderInfo provider, out _);
        RequireFileSystem(path, provider, reason);
        return resolved;
    }

    /// <summary>
    /// The absolute paths of the files that -Path and -LiteralPath name, as PowerShell's own cmdlets understand them. What does
    /// not lead to a file is reported, and the others come out.
    /// </summary>
    private protected IEnumerable<string> ResolveFiles(string[] paths, string[] literalPaths)
    {
        foreach (string path in paths)
        {
            foreach (string resolved in TryResolve(path, ResolveWildcards))
            {
                yield return resolved;
            }
        }

        foreach (string path in literalPaths)
        {
            foreach (string resolved in TryResolve(path, literal => [ResolvePath(literal, SpiffeErrorReason.ReadFailed)]))
            {
                yield return resolved;
            }
        }
    }

    private protected void WriteError(SpiffeException exception, object? target) =>
        WriteError(ErrorTable.CreateRecord(exception, target));

    private IReadOnlyCollection<string> TryResolve(string path, Func<string, IReadOnlyCollection<string>> resolve)
    {
        try
        {
            return resolve(path);
        }
        catch (ItemNotFoundException exception)
        {
            WriteError(
                new SpiffeException(SpiffeErrorReason.FileNotFound, $"The file {Quoted.Text(path)} does not exist.", exception), path);
        }
        catch (SpiffeException exception)
        {
            WriteError(exception, path);
        }

        return [];
    }

    private IReadOnlyCollection<string> ResolveWildcards(string path)
    {
        RefuseZeroCharacter(path, SpiffeErrorReason.ReadFailed);
        IReadOnlyCollection<string> resolved = GetResolvedProviderPathFromPSPath(path, out ProviderInfo provider);
        RequireFileSystem(path, provider, SpiffeErrorReason.ReadFailed);
        return resolved;
    }

    private static void RefuseZeroCharacter(string path, SpiffeErrorReason reason)
    {
        if (path.Contains('\0', StringComparison.Ordinal))
        {
            throw new SpiffeException(reason, $"The path {Quoted.Text(path)} has a zero character in it.");
        }
    }

    private static void RequireFileSystem(string path, ProviderInfo provider, SpiffeErrorReason reason)
    {
        if (provider.Name != "FileSystem")
        {
            throw new SpiffeException(reason, $"'{path}' is a path of {provider.Name}; expected one in the file system.");
        }
    }
}
