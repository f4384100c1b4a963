namespace Spiffe;

/// <summary>What happens to existing files with the names to be written.</summary>
internal enum ExistingFiles
{
    /// <summary>They stay, and nothing is written.</summary>
    Keep,

    /// <summary>They are replaced, unless they are read-only or links.</summary>
    Replace,

    /// <summary>They are replaced. A file takes the place of a link, whose target stays unchanged.</summary>
    ReplaceAny,
}
