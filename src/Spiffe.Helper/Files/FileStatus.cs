namespace Spiffe.Helper;

/// <summary>How it stands with files that belong together.</summary>
internal enum FileStatus
{
    Unwritten,
    Written,
    Failed,
    Withdrawn,
}
