using Spiffe.Testing;

namespace Spiffe.Tests.Installation;

/// <summary>The home folder of a new user, and processes of that user.</summary>
internal sealed class EmptyHome : IDisposable
{
    private readonly TemporaryFolder _folder = new();

    // Where it is missing, .NET gives no folder, and PSResourceGet keeps its list of repositories in the current one.
    public EmptyHome() => Directory.CreateDirectory(Data);

    /// <summary>Where PowerShell looks for modules that the user has installed.</summary>
    public string Modules => Path.Combine(Data, "powershell", "Modules");

    private string Data => Path.Combine(_folder.Path, ".local", "share");

    public void Dispose() => _folder.Dispose();

    /// <summary>Runs text in a new PowerShell without automatic imports, and gives its output.</summary>
    public async Task<string> RunAsync(string script)
    {
        ProcessRun run = await ProcessRun.StartAsync(
            PowerShellRun.Program,
            ["-NoProfile", "-NonInteractive", "-WorkingDirectory", "/", "-Command", "$ErrorActionPreference = 'Stop'\n" + script],
            TestContext.Current.CancellationToken,
            new Dictionary<string, string>(PowerShellRun.Variables) { ["HOME"] = _folder.Path, ["XDG_DATA_HOME"] = Data });
        Assert.True(run is { ExitCode: 0, Errors: "" }, run.Output + run.Errors);
        return run.Output.Trim();
    }

    /// <summary>Runs <c>dotnet</c> in the repository, with what the build has made and nothing built anew.</summary>
    public async Task BuildAsync(params string[] arguments)
    {
        ProcessRun run = await ProcessRun.StartAsync(
            "dotnet",
            [.. arguments, "-c", PowerShellRun.Configuration, "-m:1", "-nodeReuse:false"],
            TestContext.Current.CancellationToken,
            // The build leaves a few empty folders where temporary files go.
            new Dictionary<string, string> { ["TMPDIR"] = _folder.Path, ["XDG_DATA_HOME"] = Data },
            TimeSpan.FromMinutes(5));
        Assert.True(run.ExitCode == 0, run.Output + run.Errors);
    }
}
