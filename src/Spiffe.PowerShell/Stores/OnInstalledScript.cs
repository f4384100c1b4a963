using System.Management.Automation;

namespace Spiffe.Commands;

/// <summary>The user's script that tells a service of its new certificate.</summary>
internal sealed class OnInstalledScript
{
    // ForEach-Object gives the script its $_ in the session that it comes from, which may be a module's. Errors that do not
    // end a script are merged into its output: after one, nobody can say that the service uses the new certificate.
    private static readonly ScriptBlock s_run = ScriptBlock.Create(
        @"& { Microsoft.PowerShell.Core\ForEach-Object -InputObject $args[0] -Process $args[1] } @args 2>&1");

    private readonly ScriptBlock _script;
    private readonly Action<PSObject> _write;
    private readonly Action<string> _warn;

    /// <summary>Runs nothing yet.</summary>
    /// <param name="script">The script.</param>
    /// <param name="write">Takes its output.</param>
    /// <param name="warn">Takes what programs that it starts write to their standard error.</param>
    public OnInstalledScript(ScriptBlock script, Action<PSObject> write, Action<string> warn)
    {
        _script = script;
        _write = write;
        _warn = warn;
    }

    /// <summary>Runs it to its end.</summary>
    /// <param name="svid">Its <c>$_</c>.</param>
    /// <returns>Null, or the error record that says what went wrong.</returns>
    public ErrorRecord? Run(InstalledSvid svid)
    {
        List<ErrorRecord> errors = [];
        try
        {
            foreach (PSObject item in s_run.InvokeWithContext(functionsToDefine: null, variablesToDefine: null, svid, _script))
            {
                Sort(item, errors);
            }
        }
        catch (RuntimeException exception) when (exception is not PipelineStoppedException)
        {
            errors.Add(exception.ErrorRecord);
        }

        return errors.Count == 0 ? null : CreateRecord(svid, errors);
    }

    private void Sort(PSObject item, List<ErrorRecord> errors)
    {
        if (item?.BaseObject is not ErrorRecord error)
        {
            _write(item!);
            return;
        }

        // That a program writes there says nothing of its success (about_Redirection).
        if (error.FullyQualifiedErrorId.StartsWith("NativeCommandError", StringComparison.Ordinal))
        {
            _warn(error.ToString());
            return;
        }

        errors.Add(error);
    }

    private static ErrorRecord CreateRecord(InstalledSvid svid, List<ErrorRecord> errors) => ErrorTable.CreateRecord(
        new SpiffeException(
            SpiffeErrorReason.OnInstalledFailed,
            $"The script of -OnInstalled did not do its work for '{svid}' ({svid.Thumbprint}), so that nothing is pruned: " +
            string.Join(' ', errors),
            errors[0].Exception),
        svid);
}
