using System.Management.Automation;
using System.Management.Automation.Runspaces;

namespace Spiffe.Shell;

/// <summary>The PowerShell engine with the module imported; everything it says goes to the console through its own formatter.</summary>
internal sealed class EngineShell : IDisposable
{
    private const string SucceededVariable = "SpiffeShellSucceeded";

    private readonly ShellHost _host = new();
    private readonly Runspace _runspace;
    private Pipeline? _running;

    public EngineShell()
    {
        InitialSessionState state = InitialSessionState.CreateDefault2();
        if (OperatingSystem.IsWindows())
        {
            state.ExecutionPolicy = Microsoft.PowerShell.ExecutionPolicy.RemoteSigned;
        }

        _runspace = RunspaceFactory.CreateRunspace(_host, state);
        _runspace.Open();
        using PowerShell importer = PowerShell.Create(_runspace);
        importer.AddCommand("Import-Module").AddParameter("Name", FindModule()).AddParameter("ErrorAction", "Stop").Invoke();
        Console.CancelKeyPress += StopRunning;
    }

    /// <summary>Whether a script asked to end, and with which code.</summary>
    public int? ExitCode => _host.ExitCode;

    /// <summary>Runs text as pwsh does with <c>-Command</c>: 1 where the last statement did not succeed.</summary>
    public int RunCommand(string text) => Run(text, []);

    /// <summary>Runs a script file as pwsh does with <c>-File</c>: its own exit code, or 1 after a terminating error.</summary>
    public int RunScript(string path, string[] arguments)
    {
        // An argument that looks like a parameter's name stands in the text as one; values are never part of the text.
        IEnumerable<string> words = arguments.Select((argument, index) =>
            ScriptArgument.Parse(argument) is { } parameter ? parameter.ToText($"$Values[{index}]") : $"$Values[{index}]");
        string[] values = [.. arguments.Select(argument => ScriptArgument.Parse(argument)?.Value ?? argument)];
        return Run(
            $"param($Path, $Values) & $Path {string.Join(' ', words)}; if ($LASTEXITCODE) {{ exit $LASTEXITCODE }}", [path, values]);
    }

    public void SetVariable(string name, object value) => _runspace.SessionStateProxy.SetVariable(name, value);

    public void Dispose()
    {
        Console.CancelKeyPress -= StopRunning;
        _runspace.Dispose();
    }

    /// <summary>Ctrl+C stops what runs; the shell goes on, and cleans up after itself when it ends.</summary>
    private void StopRunning(object? sender, ConsoleCancelEventArgs cancel)
    {
        cancel.Cancel = true;
        _running?.StopAsync();
    }

    private int Run(string text, object[] arguments)
    {
        using Pipeline pipeline = _runspace.CreatePipeline();
        // The formatter runs script blocks of its own: '$?' is only right before the output is shown.
        Command script = new($"{text}{Environment.NewLine}$global:{SucceededVariable} = $?", isScript: true);
        foreach (object argument in arguments)
        {
            script.Parameters.Add(new CommandParameter(name: null, argument));
        }

        // Errors flow with the output, so that they appear where they happened.
        script.MergeMyResults(PipelineResultTypes.Error, PipelineResultTypes.Output);
        pipeline.Commands.Add(script);
        pipeline.Commands.Add("Out-Default");
        _running = pipeline;
        try
        {
            pipeline.Invoke();
            return _host.ExitCode ?? (LastStatementSucceeded() ? 0 : 1);
        }
        catch (PipelineStoppedException)
        {
            return 130;
        }
        catch (RuntimeException exception)
        {
            Show(exception.ErrorRecord);
            return _host.ExitCode ?? 1;
        }
        finally
        {
            _running = null;
        }
    }

    private bool LastStatementSucceeded() => _runspace.SessionStateProxy.GetVariable(SucceededVariable) is true;

    private void Show(ErrorRecord error)
    {
        using PowerShell shell = PowerShell.Create(_runspace);
        shell.AddCommand("Out-Default").AddParameter("InputObject", error).Invoke();
    }

    /// <summary>The manifest of the checkout that this program was built from.</summary>
    private static string FindModule()
    {
        for (DirectoryInfo? folder = new(AppContext.BaseDirectory); folder is not null; folder = folder.Parent)
        {
            string manifest = Path.Combine(folder.FullName, "Spiffe.psd1");
            if (File.Exists(manifest))
            {
                return manifest;
            }
        }

        throw new FileNotFoundException($"There is no Spiffe.psd1 above '{AppContext.BaseDirectory}'.");
    }
}
