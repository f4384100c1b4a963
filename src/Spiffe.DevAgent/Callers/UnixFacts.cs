namespace Spiffe.DevAgent;

/// <summary>What the kernel of Linux or macOS says of a process. Nothing is concluded from it yet.</summary>
/// <param name="ProcessId">Its number.</param>
/// <param name="StartTime">When it began, in the kernel's own count.</param>
/// <param name="UserId">The user that it acts as.</param>
/// <param name="GroupId">The group that it acts as.</param>
/// <param name="SupplementaryGroupIds">Its further groups.</param>
/// <param name="ProgramPath">The file that runs; null where the agent may not know.</param>
internal sealed record UnixFacts(
    int ProcessId,
    string StartTime,
    uint UserId,
    uint GroupId,
    IReadOnlyList<uint> SupplementaryGroupIds,
    string? ProgramPath)
{
    /// <param name="findUser">Returns a user's name.</param>
    /// <param name="findGroup">Returns a group's name.</param>
    /// <param name="hashProgram">Returns the program's hash in hexadecimal, or null; called once, if at all.</param>
    public Caller ToCaller(Func<uint, string> findUser, Func<uint, string> findGroup, Func<string?> hashProgram)
    {
        string userName = findUser(UserId);
        HashSet<string> selectors =
        [
            $"{Selector.UserId}{UserId}",
            $"{Selector.UserName}{userName}",
            $"{Selector.GroupId}{GroupId}",
            $"{Selector.GroupName}{findGroup(GroupId)}",
        ];
        foreach (uint group in SupplementaryGroupIds)
        {
            selectors.Add($"{Selector.SupplementaryGroupId}{group}");
            selectors.Add($"{Selector.SupplementaryGroupName}{findGroup(group)}");
        }

        if (ProgramPath is not null)
        {
            selectors.Add(Selector.ProgramPath + ProgramPath);
        }

        return new Caller(ProcessId, userName)
        {
            StartTime = StartTime,
            Account = $"uid {UserId} ({userName}), gid {GroupId}",
            Selectors = selectors,
            HashSelector = new Lazy<string?>(() => hashProgram() is { } hash ? Selector.ProgramHash + hash : null),
        };
    }
}
