using System.Globalization;

namespace Spiffe.DevAgent;

/// <summary>What Linux says of a process in /proc (proc(5)); null or nothing where it is gone or may not be examined.</summary>
internal static class LinuxProcess
{
    // Field 22 of "stat", counted from the first one behind the name, which is field 3.
    private const int StartTimeIndex = 22 - 3;

    // "Uid:" and "Gid:" have the real, effective, saved and file system's number.
    private const int EffectiveIndex = 1;

    public static string? ReadStartTime(int processId) => TryRead(() =>
    {
        // The name is in parentheses and may hold any character, a parenthesis too.
        string stat = File.ReadAllText($"/proc/{processId}/stat");
        return stat[(stat.LastIndexOf(')') + 2)..].Split(' ')[StartTimeIndex];
    });

    /// <summary>The process with the user and the group that it acts as now.</summary>
    public static UnixFacts? ReadFacts(int processId) =>
        ReadNumbers(processId, "Uid:") is { Length: > EffectiveIndex } users &&
        ReadNumbers(processId, "Gid:") is { Length: > EffectiveIndex } groups
            ? ReadFacts(processId, users[EffectiveIndex], groups[EffectiveIndex])
            : null;

    /// <summary>The process with a user and a group that are known already.</summary>
    public static UnixFacts? ReadFacts(int processId, uint userId, uint groupId) =>
        ReadStartTime(processId) is { } startTime
            ? new UnixFacts(
                processId,
                startTime,
                userId,
                groupId,
                ReadNumbers(processId, "Groups:") ?? [],
                TryRead(() => new FileInfo(ProgramLink(processId)).LinkTarget))
            : null;

    /// <summary>The link to the running file itself, even if another one has since taken its name.</summary>
    public static string ProgramLink(int processId) => $"/proc/{processId}/exe";

    private static uint[]? ReadNumbers(int processId, string name) => TryRead(() =>
        File.ReadLines($"/proc/{processId}/status")
            .First(line => line.StartsWith(name, StringComparison.Ordinal))[name.Length..]
            .Split((char[]?)null, StringSplitOptions.RemoveEmptyEntries)
            .Select(number => uint.Parse(number, CultureInfo.InvariantCulture))
            .ToArray());

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
