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

    private static readonly string[] s_kinds =
    [
        UserId, UserName, GroupId, GroupName, SupplementaryGroupId, SupplementaryGroupName, ProgramPath, ProgramHash,
    ];

    public static string Kinds => string.Join(", ", s_kinds);

    /// <summary>Whether the selector is of a known kind and has a value.</summary>
    public static bool IsKnown(string selector) =>
        Array.Exists(s_kinds, kind => selector.Length > kind.Length && selector.StartsWith(kind, StringComparison.Ordinal));
}
