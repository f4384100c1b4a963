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
        string program = Path.Combine(folder, "Spiffe.DevAgent.dll");
        if (!File.Exists(program))
        {
            throw Failed($"its program '{program}' is missing from the module");
        }

        // Not by a program of its own: a package from a feed is unpacked without the right to execute anything in it.
        ProcessStartInfo start = new(DotNetHost.Find(), [program])
        {
            RedirectStandardInput = true,
            RedirectStandardOutput = true,
            RedirectStandardError = true,
            UseShellExecute = false,
            WorkingDirectory = folder,
        };
        try
        {
            return Process.Start(start)!;
        }
        catch (Win32Exception exception)
        {
            throw Failed($"'{start.FileName}' could not be started: {exception.Message}", exception);
        }
    }

    public static SpiffeException Failed(string fault, Exception? innerException = null) => new(
        SpiffeErrorReason.DevAgentFailed, $"The development agent did not start: {fault.TrimEnd()}", innerException);
}
