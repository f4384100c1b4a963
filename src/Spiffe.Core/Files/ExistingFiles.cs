namespace Spiffe;

/// <summary>What becomes of files that have the names that are to be written.</summary>
internal enum ExistingFiles
{
    /// <summary>They stay, and nothing is written.</summary>
    Keep,

    /// <summary>They are replaced, unless they are read-only or links.</summary>
    Replace,

    /// <summary>They are replaced. A link gives way to a file, and what it leads to stays as it is.</summary>
    ReplaceAny,
}
