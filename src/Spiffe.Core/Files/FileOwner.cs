namespace Spiffe;

/// <summary>Whose a file is on Unix, by numbers.</summary>
/// <param name="User">Null for whom it belongs to anyway: the owner of the file that it replaces, or this account.</param>
/// <param name="Group">Null for the group that it has anyway.</param>
internal readonly record struct FileOwner(uint? User, uint? Group)
{
    /// <summary>The numbers of a user and a group, each given by name, by number, or not at all.</summary>
    /// <exception cref="SpiffeException">
    /// <see cref="SpiffeErrorReason.AccountNotFound"/>, or <see cref="SpiffeErrorReason.NotSupportedHere"/> on Windows.
    /// </exception>
    public static FileOwner Find(string? user, string? group)
    {
        if (user is null && group is null)
        {
            return default;
        }

        return OperatingSystem.IsWindows()
            ? throw new SpiffeException(
                SpiffeErrorReason.NotSupportedHere, "Owner and group of a file are set on Unix only; Windows has access lists.")
            : new FileOwner(
                user is null ? null : UnixAccount.FindUser(user), group is null ? null : UnixAccount.FindGroup(group));
    }

    public bool IsEmpty => User is null && Group is null;

    /// <summary>This owner, and where it says nothing the other.</summary>
    public FileOwner Or(FileOwner other) => new(User ?? other.User, Group ?? other.Group);

    public override string ToString() => (User, Group) switch
    {
        (null, { } group) => $"the group {group}",
        ({ } user, null) => $"the user {user}",
        _ => $"the user {User} and the group {Group}",
    };
}
