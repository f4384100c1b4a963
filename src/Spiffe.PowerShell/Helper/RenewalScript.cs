using System.Management.Automation;

namespace Spiffe.Commands;

/// <summary>What the user wants done with each renewal: a script, and services that are restarted.</summary>
internal sealed class RenewalScript
{
    private const string RestartCommand = "Restart-Service";

    private static readonly ScriptBlock s_restart = ScriptBlock.Create($"$_ | {RestartCommand} -Force");

    private readonly UserScript? _script;
    private readonly UserScript _restart;
    private readonly string[] _services;

    /// <exception cref="SpiffeException"><see cref="SpiffeErrorReason.NotSupportedHere"/>: there are no such services here.</exception>
    public RenewalScript(ScriptBlock? script, string[] services, PSCmdlet cmdlet)
    {
        if (services.Length > 0 && cmdlet.InvokeCommand.GetCommand(RestartCommand, CommandTypes.Cmdlet | CommandTypes.Function) is null)
        {
            throw new SpiffeException(
                SpiffeErrorReason.NotSupportedHere,
                "-RestartService is for Windows. Here, -OnRenewed { systemctl reload NAME } does it.");
        }

        _script = script is null ? null : new UserScript(script, cmdlet.WriteObject, cmdlet.WriteWarning);
        _restart = new UserScript(s_restart, cmdlet.WriteObject, cmdlet.WriteWarning);
        _services = services;
    }

    /// <summary>Does all of it.</summary>
    /// <returns>Null, or the error record that says what went wrong.</returns>
    public ErrorRecord? Run(HelperEvent news)
    {
        List<ErrorRecord> errors = [.. _script?.Run(news) ?? [], .. _services.SelectMany(_restart.Run)];
        return errors.Count == 0 ? null : ErrorTable.CreateRecord(
            new SpiffeException(
                SpiffeErrorReason.OnRenewedFailed,
                $"The actions for new files failed ({news.Message}): {string.Join(' ', errors)}",
                errors[0].Exception),
            news);
    }
}
