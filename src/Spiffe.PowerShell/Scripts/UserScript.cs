using System.Management.Automation;

namespace Spiffe.Commands;

/// <summary>A script that the user has given to a cmdlet.</summary>
internal sealed class UserScript
{
    // ForEach-Object gives the script its $_ in the session that it comes from, which may be a module's. Errors that do not
    // end a script are merged into its output: after one, the script cannot be said to have succeeded. The loop is for a
    // script with break or continue in it, which would else end the cmdlet, and the user's loop around it.
    private static readonly ScriptBlock s_run = ScriptBlock.Create(
        @"& { do { Microsoft.PowerShell.Core\ForEach-Object -InputObject $args[0] -Process $args[1] } while ($false) } @args 2>&1");

    private readonly ScriptBlock _script;
    private readonly Action<PSObject> _write;
    private readonly Action<string> _warn;

    /// <summary>Runs nothing yet.</summary>
    /// <param name="script">The script.</param>
    /// <param name="write">Takes its output.</param>
    /// <param name="warn">Takes what programs that it starts write to their standard error.</param>
    public UserScript(ScriptBlock script, Action<PSObject> write, Action<string> warn)
    {
        _script = script;
        _write = write;
        _warn = warn;
    }

    /// <summary>Runs it to its end.</summary>
    /// <param name="input">Its <c>$_</c>.</param>
    /// <returns>What went wrong.</returns>
    public IReadOnlyList<ErrorRecord> Run(object input)
    {
        List<ErrorRecord> errors = [];
        try
        {
            foreach (PSObject item in s_run.InvokeWithContext(functionsToDefine: null, variablesToDefine: null, input, _script))
            {
                Sort(item, errors);
            }
        }
        catch (RuntimeException exception) when (exception is not PipelineStoppedException)
        {
            errors.Add(exception.ErrorRecord);
        }

        return errors;
    }

    /// <summary>Runs it to its end, and makes one error record of all that went wrong.</summary>
    /// <param name="input">Its <c>$_</c>, which is the record's target, too.</param>
    /// <param name="reason">What kind of error it is.</param>
    /// <param name="message">What was not done; what the script said goes behind it.</param>
    /// <returns>Null where nothing went wrong.</returns>
    public ErrorRecord? Run(object input, SpiffeErrorReason reason, string message)
    {
        IReadOnlyList<ErrorRecord> errors = Run(input);
        return errors.Count == 0 ? null : ErrorTable.CreateRecord(
            new SpiffeException(reason, $"{message}: {string.Join(' ', errors)}", errors[0].Exception), input);
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
}
