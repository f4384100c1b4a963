using System.ComponentModel;
using System.Diagnostics;

namespace Spiffe.Commands;

/// <summary>The agent's program, which comes with the module.</summary>
internal static class DevAgentProgram
{
    /// <exception cref="SpiffeException"><see cref="SpiffeErrorReason.DevAgentFailed"/></exception>
    public static Process Start()
    {
        string folder = Path.Combine(ModuleFolder.Path, "devagent");
        string program = Path.Combine(folder, OperatingSystem.IsWindows() ? "Spiffe.DevAgent.exe" : "Spiffe.DevAgent");
        if (!File.Exists(program))
        {
            throw Failed($"its program '{program}' is missing from the module");
        }

        ProcessStartInfo start = new(program)
        {
            RedirectStandardInput = true,
            RedirectStandardOutput = true,
            RedirectStandardError = true,
            UseShellExecute = false,
            WorkingDirectory = folder,
        };
        if (FindRuntime() is { } runtime)
        {
            start.Environment.TryAdd("DOTNET_ROOT", runtime);
        }

        try
        {
            return Process.Start(start)!;
        }
        catch (Win32Exception exception)
        {
            throw Failed($"its program could not be started: {exception.Message}", exception);
        }
    }

    public static SpiffeException Failed(string fault, Exception? innerException = null) => new(
        SpiffeErrorReason.DevAgentFailed, $"The development agent did not come up: {fault.TrimEnd()}", innerException);

    /// <summary>The folder of the <c>dotnet</c> that is first on the path: its runtimes are the ones a user installed.</summary>
    private static string? FindRuntime()
    {
        string name = OperatingSystem.IsWindows() ? "dotnet.exe" : "dotnet";
        string? found = (Environment.GetEnvironmentVariable("PATH") ?? string.Empty)
            .Split(Path.PathSeparator)
            .Where(folder => folder.Length > 0)
            .Select(folder => Path.Combine(folder, name))
            .FirstOrDefault(File.Exists);
        return found is null
            ? null
            : Path.GetDirectoryName(File.ResolveLinkTarget(found, returnFinalTarget: true)?.FullName ?? found);
    }
}
