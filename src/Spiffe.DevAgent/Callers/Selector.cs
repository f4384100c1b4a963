namespace Spiffe.DevAgent;

/// <summary>The selectors by which an entry chooses its callers; the names are SPIRE's.</summary>
internal static class Selector
{
    public const string UserId = "unix:uid:";
    public const string UserName = "unix:user:";
    public const string GroupId = "unix:gid:";
    public const string GroupName = "unix:group:";
    public const string SupplementaryGroupId = "unix:supplementary_gid:";
    public const string SupplementaryGroupName = "unix:supplementary_group:";
    public const string ProgramPath = "unix:path:";
    public const string ProgramHash = "unix:sha256:";

    public const string WindowsUserId = "windows:user_sid:";
    public const string WindowsUserName = "windows:user_name:";
    public const string WindowsGroupId = "windows:group_sid:se_group_enabled:true:";
    public const string WindowsGroupName = "windows:group_name:se_group_enabled:true:";
    public const string WindowsDisabledGroupId = "windows:group_sid:se_group_enabled:false:";
    public const string WindowsDisabledGroupName = "windows:group_name:se_group_enabled:false:";
    public const string WindowsProgramPath = "windows:path:";
    public const string WindowsProgramHash = "windows:sha256:";

    private static readonly string[] s_kinds =
    [
        UserId, UserName, GroupId, GroupName, SupplementaryGroupId, SupplementaryGroupName, ProgramPath, ProgramHash,
        WindowsUserId, WindowsUserName, WindowsGroupId, WindowsGroupName, WindowsDisabledGroupId, WindowsDisabledGroupName,
        WindowsProgramPath, WindowsProgramHash,
    ];

    public static string Kinds => string.Join(", ", s_kinds);

    /// <summary>Whether the selector is of a known kind, of this operating system or another, and has a value.</summary>
    public static bool IsKnown(string selector) =>
        Array.Exists(s_kinds, kind => selector.Length > kind.Length && selector.StartsWith(kind, StringComparison.Ordinal));

    /// <summary>Whether the program's file must be read to know if a caller has it.</summary>
    public static bool IsHash(string selector) =>
        selector.StartsWith(ProgramHash, StringComparison.Ordinal) ||
        selector.StartsWith(WindowsProgramHash, StringComparison.Ordinal);
}
