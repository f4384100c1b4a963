namespace Spiffe.DevAgent;

/// <summary>What Windows says of a process and its access token. Nothing is concluded from it yet.</summary>
/// <param name="ProcessId">Its number.</param>
/// <param name="StartTime">When it began, in the kernel's own count.</param>
/// <param name="UserSid">The user's security identifier.</param>
/// <param name="UserName"><c>DOMAIN\name</c>; null where Windows knows none.</param>
/// <param name="Groups">The groups of its token.</param>
/// <param name="ProgramPath">The file that runs; null where the agent may not know.</param>
internal sealed record WindowsFacts(
    int ProcessId,
    string StartTime,
    string UserSid,
    string? UserName,
    IReadOnlyList<WindowsGroup> Groups,
    string? ProgramPath)
{
    /// <param name="hashProgram">Returns the program's hash in hexadecimal, or null; called once, if at all.</param>
    public Caller ToCaller(Func<string?> hashProgram)
    {
        HashSet<string> selectors = [Selector.WindowsUserId + UserSid];
        if (UserName is not null)
        {
            selectors.Add(Selector.WindowsUserName + UserName);
        }

        foreach (WindowsGroup group in Groups)
        {
            selectors.Add((group.IsEnabled ? Selector.WindowsGroupId : Selector.WindowsDisabledGroupId) + group.Sid);
            if (group.Name is not null)
            {
                selectors.Add(
                    (group.IsEnabled ? Selector.WindowsGroupName : Selector.WindowsDisabledGroupName) + group.Name);
            }
        }

        if (ProgramPath is not null)
        {
            selectors.Add(Selector.WindowsProgramPath + ProgramPath);
        }

        string name = UserName ?? UserSid;
        return new Caller(ProcessId, name[(name.LastIndexOf('\\') + 1)..])
        {
            StartTime = StartTime,
            Account = $"user {UserSid} ({name})",
            Selectors = selectors,
            HashSelector = new Lazy<string?>(() => hashProgram() is { } hash ? Selector.WindowsProgramHash + hash : null),
        };
    }
}
