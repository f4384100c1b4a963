using System.Diagnostics;

namespace Spiffe.Testing;

/// <summary>Processes that others have started.</summary>
public static class OtherProcess
{
    /// <summary>
    /// Whether it has ended. Where no process collects orphans, as in a container without an init process, it stays
    /// in the list for ever, and to wait for it would be to wait as long.
    /// </summary>
    public static bool HasEnded(int processId)
    {
        try
        {
            using Process process = Process.GetProcessById(processId);
            return process.HasExited || IsZombie(processId);
        }
        catch (ArgumentException)
        {
            return true;
        }
    }

    /// <summary>State Z, the field behind the name in parentheses (proc_pid_stat(5)).</summary>
    private static bool IsZombie(int processId)
    {
        if (!OperatingSystem.IsLinux())
        {
            return false;
        }

        try
        {
            string stat = File.ReadAllText($"/proc/{processId}/stat");
            return stat[stat.LastIndexOf(')') + 2] == 'Z';
        }
        catch (IOException)
        {
            return true;
        }
    }
}
