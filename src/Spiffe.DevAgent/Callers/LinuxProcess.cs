using System.Globalization;
using System.Security.Cryptography;

namespace Spiffe.DevAgent;

/// <summary>What Linux says of a process in /proc (proc(5)); null or nothing where it is gone or may not be examined.</summary>
internal static class LinuxProcess
{
    // Field 22 of "stat", counted from the first one behind the name, which is field 3.
    private const int StartTimeIndex = 22 - 3;

    public static string? ReadStartTime(int processId) => TryRead(() =>
    {
        // The name is in parentheses and may hold any character, a parenthesis too.
        string stat = File.ReadAllText($"/proc/{processId}/stat");
        return stat[(stat.LastIndexOf(')') + 2)..].Split(' ')[StartTimeIndex];
    });

    public static string? ReadProgramPath(int processId) =>
        TryRead(() => File.ResolveLinkTarget($"/proc/{processId}/exe", returnFinalTarget: false)?.FullName);

    public static string? HashProgram(int processId) => TryRead(() =>
    {
        // Through /proc: the very file that runs, also where another one has taken its name since.
        using FileStream program = File.OpenRead($"/proc/{processId}/exe");
        return Convert.ToHexStringLower(SHA256.HashData(program));
    });

    public static uint[] ReadSupplementaryGroups(int processId) => TryRead(() =>
        File.ReadLines($"/proc/{processId}/status")
            .First(line => line.StartsWith("Groups:", StringComparison.Ordinal))["Groups:".Length..]
            .Split((char[]?)null, StringSplitOptions.RemoveEmptyEntries)
            .Select(group => uint.Parse(group, CultureInfo.InvariantCulture))
            .ToArray()) ?? [];

    private static T? TryRead<T>(Func<T?> read)
        where T : class
    {
        try
        {
            return read();
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException)
        {
            return null;
        }
    }
}
