using System.Management.Automation;
using System.Management.Automation.Runspaces;

namespace Spiffe.Tests.Hosting;

/// <summary>A runspace of the engine with the module imported.</summary>
internal sealed class ModuleSession : IDisposable
{
    private readonly Runspace _runspace = RunspaceFactory.CreateRunspace(InitialSessionState.CreateDefault2());

    public ModuleSession()
    {
        _runspace.Open();
        SessionResult import = Run("Import-Module $args[0] -ErrorAction Stop", Repository.Manifest);
        Assert.Empty(import.Errors);
    }

    /// <summary>Runs a script; <c>$args</c> are the arguments. Errors that end a statement are among the errors.</summary>
    public SessionResult Run(string script, params object[] arguments)
    {
        using PowerShell shell = Create(script, arguments);
        List<PSObject> output = [];
        List<ErrorRecord> thrown = [];
        try
        {
            output.AddRange(shell.Invoke());
        }
        catch (RuntimeException exception)
        {
            thrown.Add(exception.ErrorRecord);
        }

        return new SessionResult(
            output,
            [.. shell.Streams.Error, .. thrown],
            [.. shell.Streams.Warning.Select(record => record.Message)],
            [.. shell.Streams.Verbose.Select(record => record.Message)]);
    }

    /// <summary>A pipeline that the test starts and stops itself.</summary>
    public PowerShell Create(string script, params object[] arguments)
    {
        PowerShell shell = PowerShell.Create(_runspace);
        shell.AddScript(script);
        foreach (object argument in arguments)
        {
            shell.AddArgument(argument);
        }

        return shell;
    }

    public void Dispose() => _runspace.Dispose();
}
