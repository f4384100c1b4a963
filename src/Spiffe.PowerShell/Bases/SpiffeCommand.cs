using System.Management.Automation;

namespace Spiffe.Commands;

/// <summary>What every cmdlet of the module shares: exceptions of the library become error records.</summary>
public abstract class SpiffeCommand : PSCmdlet
{
    /// <summary>What an error record names as its target where nothing better is known.</summary>
    private protected virtual object? ErrorTarget => null;

    private protected void Guard(Action action) => Guard(action, ErrorTarget);

    private protected void Guard(Action action, object? target)
    {
        try
        {
            action();
        }
        catch (SpiffeException exception)
        {
            ThrowTerminatingError(ErrorTable.CreateRecord(exception, target));
        }
        catch (OperationCanceledException) when (PipelineStopToken.IsCancellationRequested)
        {
            throw new PipelineStoppedException();
        }
    }

    /// <summary>Does one of several things. What goes wrong with it is reported, and does not keep the others from being done.</summary>
    /// <returns>Whether it was done.</returns>
    private protected bool Try(object? target, Action action)
    {
        try
        {
            action();
            return true;
        }
        catch (SpiffeException exception)
        {
            WriteError(exception, target);
            return false;
        }
    }

    /// <summary>The X509-SVIDs of an update.</summary>
    /// <exception cref="SpiffeException"><see cref="SpiffeErrorReason.SvidTypeMismatch"/></exception>
    private protected static X509Svid[] GetX509Svids(SvidUpdate update) =>
        update.Svids.Concat(update.Removed).All(svid => svid is X509Svid)
            ? [.. update.Svids.Cast<X509Svid>()]
            : throw new SpiffeException(
                SpiffeErrorReason.SvidTypeMismatch, "The update has JWT-SVIDs; expected X509-SVIDs.");

    /// <summary>Writes a file to the pipeline as Get-Item does.</summary>
    private protected void WriteFile(string path) =>
        WriteObject(InvokeProvider.Item.Get([path], force: true, literalPath: true), enumerateCollection: true);

    /// <summary>The absolute path of a file or folder, which need not be there; relative ones start at PowerShell's location.</summary>
    /// <param name="path">As the user wrote it, without wildcards.</param>
    /// <param name="reason">The error to report if this is not a path in the file system.</param>
    /// <exception cref="SpiffeException"><paramref name="reason"/></exception>
    private protected string ResolvePath(string path, SpiffeErrorReason reason) => Resolve(
        path,
        reason,
        literal => ([SessionState.Path.GetUnresolvedProviderPathFromPSPath(literal, out ProviderInfo provider, out _)], provider))[0];

    /// <summary>The endpoint that a user typed; a path without a scheme starts at PowerShell's location, or with <c>~</c> at home.</summary>
    /// <exception cref="SpiffeException"><see cref="SpiffeErrorReason.EndpointInvalid"/></exception>
    private protected WorkloadApiEndpoint ReadEndpoint(string text) =>
        UserEndpoint.Parse(text, path => ResolvePath(path, SpiffeErrorReason.EndpointInvalid));

    /// <summary>
    /// The absolute paths of the files that -Path and -LiteralPath name, as PowerShell's own cmdlets understand them. What does
    /// not lead to a file is reported, and the others are returned.
    /// </summary>
    private protected IEnumerable<string> ResolveFiles(string[] paths, string[] literalPaths) =>
        paths.SelectMany(path => TryResolve(path, ResolveWildcards))
            .Concat(literalPaths.SelectMany(
                path => TryResolve(path, literal => [ResolvePath(literal, SpiffeErrorReason.ReadFailed)])));

    /// <summary>Answers a diagnosis: with its steps if the user wants them, else with whether none of them failed.</summary>
    private protected void WriteDiagnosis(IReadOnlyList<DiagnosisStep> steps, bool isDetailed)
    {
        PipelineStopToken.ThrowIfCancellationRequested();
        if (isDetailed)
        {
            WriteObject(steps, enumerateCollection: true);
            return;
        }

        foreach (DiagnosisStep step in steps.Where(step => step.Outcome != StepOutcome.Passed))
        {
            WriteVerbose($"{step} {step.Advice}".TrimEnd());
        }

        WriteObject(steps.All(step => step.Outcome is StepOutcome.Passed or StepOutcome.Warned));
    }

    private protected void WriteError(SpiffeException exception, object? target) =>
        WriteError(ErrorTable.CreateRecord(exception, target));

    private IReadOnlyList<string> TryResolve(string path, Func<string, IReadOnlyList<string>> resolve)
    {
        IReadOnlyList<string> resolved = [];
        Try(path, () => resolved = resolve(path));
        return resolved;
    }

    private IReadOnlyList<string> ResolveWildcards(string path)
    {
        IReadOnlyList<string> files = Resolve(
            path,
            SpiffeErrorReason.ReadFailed,
            pattern => ([.. GetResolvedProviderPathFromPSPath(pattern, out ProviderInfo provider)], provider));
        return files.Count > 0
            ? files
            : throw new SpiffeException(SpiffeErrorReason.FileNotFound, $"No file matches {Quoted.Text(path)}.");
    }

    private static IReadOnlyList<string> Resolve(
        string path, SpiffeErrorReason reason, Func<string, (IReadOnlyList<string> Paths, ProviderInfo Provider)> resolve)
    {
        if (path.Contains('\0', StringComparison.Ordinal))
        {
            throw new SpiffeException(reason, $"The path {Quoted.Text(path)} contains a null character.");
        }

        try
        {
            (IReadOnlyList<string> paths, ProviderInfo provider) = resolve(path);
            return provider.Name == "FileSystem" ? paths : throw new SpiffeException(
                reason, $"The path {Quoted.Text(path)} is one of {provider.Name}; expected one in the file system.");
        }
        catch (ItemNotFoundException exception)
        {
            throw new SpiffeException(
                SpiffeErrorReason.FileNotFound, $"The file {Quoted.Text(path)} does not exist.", exception);
        }
        catch (Exception exception) when (exception
            is SessionStateException or ProviderInvocationException or WildcardPatternException
            or PSArgumentException or PSInvalidOperationException or PSNotSupportedException
            or IOException or UnauthorizedAccessException)
        {
            throw new SpiffeException(reason, $"The path {Quoted.Text(path)} cannot be used. {exception.Message}", exception);
        }
    }
}
