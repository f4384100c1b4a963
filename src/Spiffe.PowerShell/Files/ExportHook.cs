using System.Management.Automation;

namespace Spiffe.Commands;

/// <summary>The user's script for exported files, and whether there is something that it has not been run for.</summary>
internal sealed class ExportHook
{
    private readonly UserScript? _script;
    private readonly Func<bool> _shouldRun;
    private readonly Action<ErrorRecord> _report;
    private bool _isPending;

    /// <param name="script">The script; null where the user gave none.</param>
    /// <param name="target">What the files are written to, as messages name it.</param>
    /// <param name="cmdlet">The cmdlet that writes them.</param>
    public ExportHook(ScriptBlock? script, string target, PSCmdlet cmdlet)
    {
        _script = script is null ? null : new UserScript(script, cmdlet.WriteObject, cmdlet.WriteWarning);
        _shouldRun = () => cmdlet.ShouldProcess(target, "Run the script of -OnExported");
        _report = cmdlet.WriteError;
        IsWhatIf = cmdlet.MyInvocation.BoundParameters.TryGetValue("WhatIf", out object? whatIf)
            ? LanguagePrimitives.IsTrue(whatIf)
            : LanguagePrimitives.IsTrue(cmdlet.GetVariableValue("WhatIfPreference"));
    }

    /// <summary>Whether changes are only talked of.</summary>
    private bool IsWhatIf { get; }

    /// <summary>Notes that files have changed, or not.</summary>
    public void Note(bool hasChanged) => _isPending |= hasChanged;

    /// <summary>Notes that the user wanted a change left undone. With -WhatIf the script counts as one that would run.</summary>
    public void NoteRefusal() => _isPending |= IsWhatIf;

    /// <summary>Runs the script, unless nothing has changed, or not all that was to change has: another update will come.</summary>
    /// <param name="input">Its <c>$_</c>.</param>
    /// <param name="isWhole">Whether all files are current.</param>
    public void Run(object input, bool isWhole)
    {
        if (_script is null || !_isPending || !isWhole || !_shouldRun())
        {
            return;
        }

        if (_script.Run(input, SpiffeErrorReason.OnExportedFailed, "The script of -OnExported had an error") is { } error)
        {
            _report(error);
        }
        else
        {
            _isPending = false;
        }
    }
}
